import t from 'tap';
import { createKeysWatch } from '../../../src/adapters/etcd/keys-watch.ts';
import type { EtcdSession } from '../../../src/adapters/etcd/session.ts';
import { settled } from '../../recorder.ts';

const bytes = (text: string): Buffer => Buffer.from(text);

/** A session whose one stream says what the test says. */
function createStream() {
  const begun: string[] = [];
  let tell: (reply: unknown) => boolean = () => false;
  let end = (): void => undefined;
  let signal = new AbortController().signal;
  const session = {
    follow: (
      _method: unknown,
      request: { createRequest: { startRevision: string } },
      told: never,
      given: AbortSignal,
    ) => {
      begun.push(request.createRequest.startRevision);
      tell = told;
      signal = given;
      const { promise, resolve } = Promise.withResolvers<void>();
      end = resolve;
      return promise;
    },
  } as unknown as EtcdSession;
  const happen = (...keys: string[]) =>
    tell({ canceled: false, events: keys.map((key) => ({ kv: { key: bytes(key) } })) });
  return { session, begun, happen, end: () => end(), signal: () => signal };
}

t.test('one stream tells each of what happens to its own keys', async (t) => {
  const { session, begun, happen, end, signal } = createStream();
  const watch = createKeysWatch(session, bytes('/p/'));
  const heard: string[] = [];
  const [a, other, b] = ['a', 'other', 'b'].map((who) => () => void heard.push(who)) as [
    () => void,
    () => void,
    () => void,
  ];
  watch.join(bytes('/p/a/'), 5n, a);
  watch.join(bytes('/p/a/'), 6n, other);
  watch.join(bytes('/p/b/'), 7n, b);
  watch.join(bytes('/p/a/'), 8n, a);
  t.same(begun, ['5'], 'who joins later joins what is there');
  happen('/p/a/1', '/p/a/2', '/p/c/3', '/p/ab/4');
  t.same(heard.splice(0), ['a', 'other'], 'once for all that happened at once, and nothing of others');
  happen('/p/b/1');
  t.same(heard.splice(0), ['b']);

  watch.leave(bytes('/p/a/'), a);
  happen('/p/a/1');
  t.same(heard.splice(0), ['other']);
  watch.leave(bytes('/p/a/'), other);
  t.notOk(signal().aborted);
  watch.leave(bytes('/p/b/'), b);
  t.ok(signal().aborted, 'with the last one the stream ends');

  watch.join(bytes('/p/a/'), 9n, a);
  end();
  await settled();
  watch.join(bytes('/p/a/'), 12n, a);
  t.same(begun, ['5', '9', '12'], 'one that has ended begins again with the next look');
});
