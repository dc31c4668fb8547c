/** A process that takes the lock of the file named by its argument, says the token and holds it until it is killed. */
import { fileLocks } from '../../../src/adapters/file-lock/lock.ts';
import { createCandidate, policyOn, tokenOf } from '../locks/stage.ts';

const holder = createCandidate(fileLocks, policyOn({ kind: 'file', path: process.argv[2] ?? '' }, 'killed'));
await holder.ask('look');
process.stdout.write(`${tokenOf(await holder.ask('claim'))}\n`);
setInterval(() => undefined, 60_000);
