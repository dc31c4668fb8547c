/**
 * The work of a leader: writes to the fence on the socket it is given, again and again, with the token of its term, and tells when each write began and
 * when its answer came. It does not end by itself, and goes on when it is refused: to stop it is the business of who started it.
 */
import { connect } from 'node:net';
import { hostname } from 'node:os';
import { createInterface } from 'node:readline';

const everyMs = 20;

const nowMs = (): string => (Number(process.hrtime.bigint()) / 1e6).toFixed(3);
const { NODEMEND_ELECTION: election, NODEMEND_FENCING_TOKEN: token } = process.env;

const fence = connect(process.argv[2] ?? '');
let id = 0;

function write(): void {
  id += 1;
  fence.write(`write ${id} ${token} ${nowMs()}\n`);
}

fence.write(`hello ${election} ${hostname()}\n`);
createInterface({ input: fence }).on('line', () => {
  fence.write(`heard ${id} ${nowMs()}\n`);
  setTimeout(write, everyMs);
});
write();
