/** nodemend on the node as its readers see it: the stream of events and the status, over HTTP. */
import type { NodeView, Told } from '../../src/serve/view.ts';

const statusMs = 5_000;

export interface AgentReader {
  status(): Promise<NodeView>;
  /** Calls back for each transition from now on until the signal. Rejects when the stream breaks. */
  follow(onTold: (told: Told) => void, signal: AbortSignal): Promise<void>;
}

/** The data of the transitions in a piece of the stream; what is not whole yet is the rest. */
export function parseEvents(text: string): { readonly told: readonly Told[]; readonly rest: string } {
  const blocks = text.split('\n\n');
  const rest = blocks.pop() ?? '';
  const told = blocks
    .filter((block) => block.includes('event: transition'))
    .map((block) => JSON.parse(/^data: (.*)$/m.exec(block)?.[1] ?? 'null') as Told);
  return { told, rest };
}

/** `url`: the agent's, without a slash at its end. */
export function createAgentReader(url: string): AgentReader {
  return {
    status: async () => {
      const reply = await fetch(`${url}/api/v1/status`, { signal: AbortSignal.timeout(statusMs) });
      return (await reply.json()) as NodeView;
    },
    follow: async (onTold, signal) => {
      const reply = await fetch(`${url}/api/v1/events`, { signal });
      if (reply.body === null) throw new Error(`${url}/api/v1/events gave no stream`);
      let text = '';
      for await (const piece of reply.body.pipeThrough(new TextDecoderStream())) {
        const { told, rest } = parseEvents(text + piece);
        text = rest;
        for (const one of told) onTold(one);
      }
    },
  };
}
