/** `nodemend status [COMPONENT] [--watch]`: exit 1 when the node is not ready, or the component is not healthy. */

import { unknownName } from '../serve/names.ts';
import type { ComponentView, NodeView } from '../serve/view.ts';
import { readReply } from './answer.ts';
import { type Client, createClient } from './client.ts';
import { followOn } from './follow.ts';
import { exitStatus, type Io } from './io.ts';
import { renderComponent } from './show-component.ts';
import { renderNode } from './show-node.ts';
import { watchScreen } from './watch.ts';

export interface StatusOptions {
  readonly socket: string;
  readonly component?: string | undefined;
  readonly watch?: boolean | undefined;
  readonly json?: boolean | undefined;
  /** Ends a watch: Ctrl-C. */
  readonly signal?: AbortSignal | undefined;
  /** How often a watch looks although nothing was told; transitions show at once. */
  readonly everyMs?: number;
}

const usualEveryMs = 1_000;

export async function status(options: StatusOptions, io: Io): Promise<number> {
  const client = createClient(options.socket, { signal: options.signal });
  if (options.watch !== true) return (await show(client, options, io)).status;
  if (io.screen === undefined || options.json === true) return watch(client, options, io);
  const { component, signal = new AbortController().signal, everyMs = usualEveryMs } = options;
  return watchScreen(client, { component, signal, everyMs, isView }, io, io.screen);
}

interface Shown {
  readonly status: number;
  /** Whether there is no use in looking again. */
  readonly final: boolean;
}

async function show(client: Client, options: StatusOptions, io: Io): Promise<Shown> {
  const reply = await client.get('/api/v1/status');
  if (options.signal?.aborted === true) return { status: exitStatus.fine, final: true };
  const read = readReply<NodeView>(reply, isView, io);
  if (!read.ok) return { status: read.status, final: false };
  const { component: name } = options;
  const view = read.value;
  if (name === undefined) {
    io.out(options.json === true ? toJson(view) : renderNode(view, io));
    return { status: view.ready.ready && !view.stopping ? exitStatus.fine : exitStatus.no, final: false };
  }
  const component = view.components.find((candidate) => candidate.name === name);
  if (component === undefined) {
    io.err(
      `${unknownName(
        name,
        view.components.map((candidate) => candidate.name),
      )}\n`,
    );
    return { status: exitStatus.usage, final: true };
  }
  io.out(options.json === true ? toJson(component) : renderComponent(component, view, io));
  return { status: isWell(component) ? exitStatus.fine : exitStatus.no, final: false };
}

/** Where there is no terminal: prints the status again and again until the signal; a daemon that is away for a while is waited for. */
async function watch(client: Client, options: StatusOptions, io: Io): Promise<number> {
  const { signal = new AbortController().signal, everyMs = usualEveryMs } = options;
  let wake = () => {};
  const onAbort = () => wake();
  signal.addEventListener('abort', onAbort);
  const streams = followOn(client, signal, everyMs, () => wake());
  let shown: Shown = { status: exitStatus.fine, final: false };
  while (!signal.aborted) {
    shown = await show(client, options, io);
    if (shown.final || signal.aborted) break;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, everyMs);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
  signal.removeEventListener('abort', onAbort);
  streams.end();
  await streams.ended;
  return shown.status;
}

function isWell(component: ComponentView): boolean {
  return component.phase === 'healthy' || component.phase === 'suspect';
}

function isView(value: object): value is NodeView {
  return 'components' in value && Array.isArray(value.components) && 'ready' in value;
}

function toJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
