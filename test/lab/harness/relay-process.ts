/** The far half of relay.ts: runs in the node's network, takes connections from a socket of the test machine and carries them on. */
import { connect, type Server } from 'node:net';
import { pipeline } from 'node:stream';

const port = Number(process.argv[2]);

process.once('message', (_word, server) => {
  (server as Server).on('connection', (outside) => {
    const inside = connect(port, '127.0.0.1');
    // Either end may go at any time; the other one is closed with it.
    pipeline(outside, inside, () => outside.destroy());
    pipeline(inside, outside, () => inside.destroy());
  });
  process.send?.('ready');
});
process.once('disconnect', () => process.exit());
