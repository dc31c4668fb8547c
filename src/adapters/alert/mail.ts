/** One mail over SMTP, the only home of nodemailer. Read when the first mail is sent: few nodes send any. */
import { isIP } from 'node:net';
import type { SendResult } from '../../core/alert/event.ts';
import type { AlertMessage, AlertPlace } from '../../ports.ts';
import { readStart } from '../probe/read-file.ts';
import { CannotSend } from './secret.ts';
import { headlineOf, textOf } from './words.ts';

const mostAuthorityBytes = 1_048_576;
const mostSubject = 150;

type Mail = Extract<AlertPlace, { kind: 'mail' }>;

async function tlsOf({ server, ca }: Mail) {
  const authority =
    ca === null
      ? null
      : await readStart(ca, mostAuthorityBytes).catch((error: NodeJS.ErrnoException) => {
          throw new CannotSend(`cannot read the CA file ${ca}: ${error.code ?? 'failed'}`);
        });
  const { hostname } = new URL(server);
  // A name alone: TLS knows no addresses there.
  const name = isIP(hostname.replace(/^\[(.*)\]$/, '$1')) === 0 ? { servername: hostname } : {};
  return { ...name, ...(authority === null ? {} : { ca: authority }) };
}

/** SMTP's own codes: 5xx is for ever, 4xx is for now; without one nobody answered. */
function judgeFailure(error: Error & { responseCode?: number }): SendResult {
  const code = error.responseCode ?? 0;
  // A wrong password may be put right.
  return { ok: false, final: code >= 550 && code < 600, detail: error.message };
}

/** Resolves within `timeoutMs` or a little more: nodemailer has deadlines for each step, and no signal. */
export async function sendMail(
  place: Mail,
  password: string | null,
  message: AlertMessage,
  timeoutMs: number,
): Promise<SendResult> {
  const { server, from, to, user } = place;
  const { protocol, hostname, port } = new URL(server);
  const { createTransport } = await import('nodemailer');
  const secure = protocol === 'smtps:';
  const transport = createTransport({
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: port === '' ? (secure ? 465 : 25) : Number(port),
    secure,
    // A password never goes over a line that others can read.
    requireTLS: !secure && password !== null,
    tls: await tlsOf(place),
    ...(user === null || password === null ? {} : { auth: { user, pass: password } }),
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    dnsTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  try {
    await transport.sendMail({
      from,
      to: [...to],
      subject: `[nodemend] ${headlineOf(message)}`.slice(0, mostSubject),
      text: textOf(message),
      headers: { 'Auto-Submitted': 'auto-generated' },
    });
    return { ok: true, final: false, detail: '' };
  } catch (error) {
    return judgeFailure(error as Error);
  } finally {
    transport.close();
  }
}
