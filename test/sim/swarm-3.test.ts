/** A quarter of the swarm's 2,000 stories. */
import t from 'tap';
import { playSwarm } from './swarm-plays.ts';

playSwarm(t, 1001, 1500);
