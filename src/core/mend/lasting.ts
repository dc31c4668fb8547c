/**
 * What of the state an agent that starts anew goes by. All else (looks, samples, waits within seconds) it learns anew, so a change of it is not worth a
 * write to the disk.
 */
import type { Component, NodeState, State } from './state.ts';

/** A deed that is only being prepared is dropped at the next start. */
function intentOf({ deed }: Component): string {
  return deed === null || deed.stage === 'preparing' ? '' : `${deed.id} ${deed.stage}`;
}

const lasting = [
  'policy',
  'phase',
  'reason',
  'ending',
  'incident',
  'spent',
  'notBeforeMs',
  'pause',
  'asked',
  'restarts',
  'nRestarts',
] as const satisfies readonly (keyof Component)[];

function lastingOfNode(node: NodeState): readonly unknown[] {
  const { bootId, name, readyPolicy, forgetfulUntilMs, pause, reboots, ready } = node;
  return [bootId, name, readyPolicy, forgetfulUntilMs, pause, reboots, ready.ready, ready.reason];
}

const alike = (a: readonly unknown[], b: readonly unknown[]): boolean => a.every((value, index) => value === b[index]);

export function lastsAlike(a: Component, b: Component): boolean {
  if (a === b) return true;
  const alike = lasting.every((key) => a[key] === b[key]) && a.unit?.invocationId === b.unit?.invocationId;
  return alike && intentOf(a) === intentOf(b);
}

/** Whether the next agent would go by something else after this step. */
export function isLastingChange(before: State, after: State): boolean {
  if (!alike(lastingOfNode(before.node), lastingOfNode(after.node))) return true;
  const names = Object.keys(after.components);
  if (names.length !== Object.keys(before.components).length) return true;
  return names.some((name) => {
    const [known, now] = [before.components[name], after.components[name]];
    return known === undefined || now === undefined || !lastsAlike(known, now);
  });
}
