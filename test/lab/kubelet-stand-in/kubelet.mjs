// STAND-IN for a kubelet in the nodemend lab. It runs no pods: it serves the health pages of a kubelet 1.36 (recorded from a real one)
// on port 10248, refuses everybody on port 10250 as a kubelet does, and behaves well or badly as the files in /etc/kubelet-stand-in
// say. They are read at each start and each request.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect } from 'node:net';

const say = (text) => process.stdout.write(`kubelet STAND-IN: ${text}\n`);

function setting(name, otherwise) {
  try {
    return readFileSync(`/etc/kubelet-stand-in/${name}`, 'utf8').trim() || otherwise;
  } catch {
    return otherwise;
  }
}

const PAGES = {
  '/healthz': 'ok',
  '/healthz?verbose': '[+]ping ok\nhealthz check passed\n',
};

function answer(request, response) {
  const mode = setting('mode', 'ok');
  if (mode === 'hang') return;
  const page = PAGES[request.url];
  const status = page === undefined ? 404 : mode === 'fail' ? 500 : 200;
  const body =
    page === undefined
      ? '404 page not found\n'
      : mode === 'fail'
        ? '[-]syncloop failed: stand-in told to fail\n'
        : page;
  response.writeHead(status, {
    'Content-Type': 'text/plain; charset=utf-8',
    'X-Content-Type-Options': 'nosniff',
    'Content-Length': Buffer.byteLength(body),
  });
  response.end(body);
}

function refuse(_request, response) {
  const mode = setting('mode', 'ok');
  if (mode === 'hang') return;
  response.writeHead(mode === 'fail' ? 500 : 401, { 'Content-Type': 'text/plain; charset=utf-8' });
  response.end(mode === 'fail' ? 'stand-in told to fail\n' : 'Unauthorized');
}

function serve() {
  const tls = { key: readFileSync('/opt/lab/kubelet.key'), cert: readFileSync('/opt/lab/kubelet.pem') };
  createTlsServer(tls, refuse).listen(10250);
  createServer(answer).listen(10248, '127.0.0.1', () => say('serving on 127.0.0.1:10248'));
}

function start() {
  setTimeout(serve, Number(setting('start-delay-ms', '0')));
}

process.on('SIGUSR2', () => process.exit(Number(setting('exit', '0'))));

const atStart = setting('fail-at-start', '');
if (atStart !== '') process.exit(Number(atStart));
if (setting('need-runtime', 'no') === 'yes') {
  const socket = connect('/run/containerd/containerd.sock', () => {
    socket.destroy();
    start();
  });
  socket.on('error', (error) => {
    say(`failed to run Kubelet: cannot reach the container runtime: ${error.message}`);
    process.exit(1);
  });
} else start();
