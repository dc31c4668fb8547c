/** Well-behaved readers of the event stream of the port of 127.0.0.1 that is given, as many as are asked for. Tells on stdout how many are connected. */
import { request } from 'node:http';

const [port, count] = process.argv.slice(2).map(Number);
let connected = 0;

for (let one = 0; one < (count ?? 0); one += 1) {
  const asked = request({ port, host: '127.0.0.1', path: '/api/v1/events', agent: false }, (response) => {
    if (response.statusCode === 200) connected += 1;
    response.resume();
    process.stdout.write(`${JSON.stringify({ connected })}\n`);
  });
  asked.on('error', () => undefined);
  asked.end();
}
