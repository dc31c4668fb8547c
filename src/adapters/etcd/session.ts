/**
 * Calls to a cluster over one connection at a time. What fails in a way that another member may not gives the connection up; the next call goes to the
 * next endpoint. A call that its caller took back says nothing of the connection, nor does one that is late while others are answered. TLS files are read anew with every
 * connection.
 */
import type { Method } from '../grpc/protos/method.ts';
import { type ConnectRemote, isRemoteError, loadRemotes, type Remote } from '../grpc/remote.ts';
import { type Access, readKeys } from './access.ts';

export interface EtcdSession {
  call<Request extends object, Reply>(
    method: Method<Request, Reply>,
    request: Request,
    signal: AbortSignal,
  ): Promise<Reply>;
  /** The first reply of a stream. */
  exchange<Request extends object, Reply>(
    method: Method<Request, Reply>,
    request: Request,
    signal: AbortSignal,
  ): Promise<Reply>;
  /** Tells every reply until the stream ends, `told` says false or `signal` fires. Does not reject; without a connection it ends at once. */
  follow<Request extends object, Reply>(
    method: Method<Request, Reply>,
    request: Request,
    told: (reply: Reply) => boolean,
    signal: AbortSignal,
  ): Promise<void>;
  close(): void;
}

/** Permission denied and unauthenticated: another member would say the same. */
const common: ReadonlySet<number> = new Set([7, 16]);

const isNamed = (error: unknown, name: string): boolean => error instanceof Error && error.name === name;

/** Whether the error of a call on an open connection leaves that as good as it was. `isAlive`: others were answered on it meanwhile. */
const isBlameless = (error: unknown, isAlive: boolean): boolean =>
  (isRemoteError(error) && common.has(error.status)) ||
  isNamed(error, 'AbortError') ||
  (isAlive && isNamed(error, 'TimeoutError'));

export function createEtcdSession({ endpoints, ...files }: Access): EtcdSession {
  let loading: Promise<ConnectRemote> | null = null;
  let remote: Promise<Remote> | null = null;
  let turn = 0;
  let answers = 0;

  async function connect(signal: AbortSignal): Promise<Remote> {
    loading ??= loadRemotes();
    const open = await loading;
    const { protocol, host } = new URL(endpoints[turn % endpoints.length] ?? '');
    return open(host, protocol === 'https:' ? await readKeys(files, signal) : null);
  }

  function giveUp(): void {
    const left = remote;
    remote = null;
    turn += 1;
    // One that was never there has told its caller so.
    void left?.then((one) => one.close()).catch(() => undefined);
  }

  async function using<Result>(signal: AbortSignal, work: (remote: Remote) => Promise<Result>): Promise<Result> {
    remote ??= connect(signal);
    const mine = remote;
    const before = answers;
    let isOpen = false;
    try {
      const open = await mine;
      isOpen = true;
      const result = await work(open);
      answers += 1;
      return result;
    } catch (error) {
      if (remote === mine && !(isOpen && isBlameless(error, answers > before))) giveUp();
      throw error;
    }
  }

  return {
    call: (method, request, signal) => using(signal, (one) => one.call(method, request, signal)),
    exchange: (method, request, signal) =>
      using(signal, async (one) => {
        for await (const reply of one.stream(method, request, signal)) return reply;
        throw new Error('the stream ended without a reply');
      }),
    follow: async (method, request, told, signal) => {
      try {
        const one = await remote;
        if (one === null) return;
        for await (const reply of one.stream(method, request, signal)) if (!told(reply)) return;
      } catch {
        // It ends with its connection; whoever follows looks by itself too, and is told what is wrong.
      }
    },
    close: giveUp,
  };
}
