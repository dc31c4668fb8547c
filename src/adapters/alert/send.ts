/** Sends one message to one place, whatever that is. Never rejects, resolves within its deadline, and never tells a secret. */
import type { SendResult } from '../../core/alert/event.ts';
import type { AlertMessage, AlertPlace, SendAlertMessage } from '../../ports.ts';
import type { runCommand } from '../exec/run.ts';
import { cleanDetail } from '../probe/detail.ts';
import { findingOfError } from '../probe/finding.ts';
import { alertsBody, alertsUrl } from './alertmanager.ts';
import { sendMail } from './mail.ts';
import { postJson } from './post.ts';
import { CannotSend, conceal, readSecret } from './secret.ts';
import { documentOf, headlineOf } from './words.ts';

const usualTimeoutMs = 15_000;
const mostOutputBytes = 4_096;

interface Sending {
  readonly message: AlertMessage;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  readonly wallMs: number;
  readonly run: typeof runCommand;
}

type Send<Kind extends AlertPlace['kind']> = (
  place: Extract<AlertPlace, { kind: Kind }>,
  sending: Sending,
) => Promise<SendResult>;

const senders: { readonly [Kind in AlertPlace['kind']]: Send<Kind> } = {
  alertmanager: async ({ url, token, ca, repeatMs }, { message, signal, wallMs }) =>
    postJson({
      url: alertsUrl(url),
      token: await readSecret('token', token),
      ca,
      body: alertsBody({ ...message, repeatMs }, wallMs),
      signal,
    }),
  webhook: async ({ url, urlFrom, token, ca }, { message, signal }) => {
    const secretUrl = await readSecret('address', urlFrom);
    if (secretUrl !== null && !URL.canParse(secretUrl)) throw new CannotSend('what urlFrom names is no URL');
    const target = secretUrl ?? url ?? '';
    const read = { token: await readSecret('token', token), ca, body: documentOf(message), signal };
    try {
      const result = await postJson({ url: target, ...read });
      return { ...result, detail: conceal(result.detail, [secretUrl]) };
    } catch (error) {
      // Node names the host in its errors, and a library may name more.
      throw new CannotSend(conceal(wordsOf(error), [secretUrl, read.token]));
    }
  },
  mail: async (place, { message, timeoutMs }) => {
    const password = await readSecret('password', place.password);
    const result = await sendMail(place, password, message, timeoutMs);
    return { ...result, detail: cleanDetail(conceal(result.detail, [password])) };
  },
  command: async ({ argv }, { message, signal, timeoutMs, run }) => {
    const env = { NODEMEND_TEXT: headlineOf(message), NODEMEND_NOTICE: documentOf(message) };
    const {
      exitCode,
      stderr,
      timedOut,
      failedToStart,
      signal: endedBy,
    } = await run(argv, {
      timeoutMs,
      maxBytes: mostOutputBytes,
      signal,
      env,
    });
    if (exitCode === 0) return { ok: true, final: false, detail: '' };
    const why = timedOut ? `did not end in ${timeoutMs} ms` : (failedToStart ?? endedBy ?? `exit status ${exitCode}`);
    return { ok: false, final: false, detail: cleanDetail(`${argv[0]}: ${why} ${stderr}`) };
  },
};

const wordsOf = (error: unknown): string => findingOfError(error).detail;

export function createSender(parts: {
  readonly run: typeof runCommand;
  readonly wallMs: () => number;
  readonly timeoutMs?: number;
}): SendAlertMessage {
  const { run, wallMs, timeoutMs = usualTimeoutMs } = parts;

  /** What a library does that knows no signal is not waited for any longer. */
  async function sendWithin(place: AlertPlace, message: AlertMessage, signal: AbortSignal): Promise<SendResult> {
    const late = new Promise<SendResult>((resolve) => {
      const detail = `no answer within ${timeoutMs / 1_000} s`;
      signal.addEventListener('abort', () => resolve({ ok: false, final: false, detail }), { once: true });
    });
    const send = senders[place.kind] as Send<AlertPlace['kind']>;
    const sent = send(place, { message, signal, timeoutMs, wallMs: wallMs(), run }).catch(
      (error: unknown): SendResult => ({ ok: false, final: false, detail: cleanDetail(wordsOf(error)) }),
    );
    return Promise.race([sent, late]);
  }

  return async (place, message) => {
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(), timeoutMs);
    try {
      return await sendWithin(place, message, controller.signal);
    } finally {
      clearTimeout(timer);
    }
  };
}
