/** Recorded exchanges with a real API server 1.36: request line, headers, body, a line of dashes, and the raw reply. */
import { fixture } from '../probe/stage.ts';

export interface Recorded {
  readonly method: string;
  readonly path: string;
  readonly token: string | null;
  readonly sent: string;
  /** 0 where no reply came. */
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

function headerIn(head: string, name: string): string {
  return new RegExp(`^${name}: (.*)$`, 'im').exec(head)?.[1]?.trim() ?? '';
}

export function recorded(name: string): Recorded {
  const text = fixture(`kubernetes-1.36/${name}.http`).toString('utf8').replaceAll('\r', '');
  const [asked = '', replied = ''] = text.split('\n-----\n');
  const [askedHead = '', sent = ''] = asked.split('\n\n');
  const split = replied.indexOf('\n\n');
  const head = split < 0 ? replied : replied.slice(0, split);
  const [method = '', path = ''] = askedHead.split('\n', 1)[0]?.split(' ') ?? [];
  return {
    method,
    path,
    token: /^Bearer <(.*)>$/.exec(headerIn(askedHead, 'authorization'))?.[1] ?? null,
    sent: sent.trim(),
    status: Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1] ?? 0),
    contentType: headerIn(head, 'content-type'),
    body: split < 0 ? '' : replied.slice(split + 2),
  };
}
