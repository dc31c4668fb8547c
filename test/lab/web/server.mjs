/** A web service as small as one can be: answers every request with the node's name. Told to end, it finishes what it has. */
import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { hostname } from 'node:os';

const server = createServer((_request, response) => response.end(`${hostname()}\n`));
server.listen(80, '0.0.0.0', () => execFile('systemd-notify', ['--ready']));
process.once('SIGTERM', () => server.close());
