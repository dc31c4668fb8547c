/**
 * Whether this node takes traffic, in the words of HAProxy's agent-check. Pure; the verdict and its hysteresis are those of /readyz. HAProxy never
 * undoes by itself what an agent has said, so a good answer takes back all that an earlier one may have set.
 */
import { cleanText } from '../markup/clean.ts';
import type { NodeView } from './view.ts';

export type Traffic = 'up' | 'drain' | 'maint' | 'down';

type Told = Pick<NodeView, 'ready' | 'stopping' | 'pause'>;

export function trafficOf({ ready, stopping, pause }: Told): Traffic {
  // Before all else: who is on the way down lets go of its connections one by one.
  if (stopping || ready.reason === 'node.shutting-down') return 'drain';
  if (pause !== null) return 'maint';
  return ready.ready ? 'up' : 'down';
}

/** The whole line, with its end: HAProxy ignores one without. */
export function agentLine(view: Told): string {
  const traffic = trafficOf(view);
  if (traffic === 'up') return 'up ready 100%\n';
  if (traffic === 'down') return `down #${cleanText(`${view.ready.reason} ${view.ready.detail}`)}\n`;
  return `${traffic}\n`;
}
