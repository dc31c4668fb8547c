/** Starts a lab with one node, says so on stdout and waits to be killed: harness.test.ts looks at what becomes of the lab. */
import { createLab } from './lab.ts';

const lab = await createLab();
const node = await lab.node('a');
process.stdout.write(`${JSON.stringify({ id: lab.id, guard: lab.guardPid, leader: node.leaderPid() })}\n`);
setInterval(() => undefined, 60_000);
