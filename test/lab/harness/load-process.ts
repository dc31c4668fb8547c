/** autocannon on the URL that is given, a hundred requests per second over four connections, until standard input ends; prints its report as JSON. */
import { createRequire } from 'node:module';
import type { LoadReport } from './haproxy.ts';

interface Load extends PromiseLike<LoadReport> {
  stop(): void;
}

const autocannon = createRequire(import.meta.url)('autocannon') as (options: object) => Load;

const load = autocannon({ url: process.argv[2], connections: 4, overallRate: 100, duration: 3_600 });
process.stdin.resume().once('end', () => load.stop());
process.stdout.write(JSON.stringify(await load));
