/**
 * The answers of /livez, /readyz and /healthz in kube-apiserver's format: one line per check, then `NAME check passed` or
 * `NAME check failed`. Pure. The node's verdict with its hysteresis is the core's; only `?exclude` is decided here.
 *
 * INVARIANT: a passed answer has no `[-]` line, a failed one has at least one.
 */
import type { Phase } from '../core/transition.ts';
import type { ComponentView, NodeView } from './view.ts';

export interface Check {
  readonly name: string;
  /** null when the check passes, else the reason. */
  readonly failed: string | null;
  /** Why a check passes although there is something to say. */
  readonly note: string | null;
  readonly excludable: boolean;
}

export interface Verdict {
  readonly ok: boolean;
  /** The lines, always complete; a plain `ok` is the caller's business. */
  readonly lines: string;
}

const failing: ReadonlySet<Phase> = new Set<Phase>(['unhealthy', 'mending', 'exhausted']);

/** Whether a component in this phase keeps a node from taking traffic. */
export function isFailing(component: ComponentView): boolean {
  return failing.has(component.phase);
}

/** The checks behind /livez: that this process answers, and that the agent's loop turns. */
export function liveChecks(turning: boolean): Check[] {
  return [passed('ping', false), { ...passed('loop', false), failed: turning ? null : 'not-turning' }];
}

/** The checks behind /readyz and /healthz, with the components in `excluded` left out of the decision. */
export function readyChecks(view: NodeView, excluded: ReadonlySet<string>): Check[] {
  const counted = view.components.filter((component) => component.critical && !excluded.has(component.name));
  const leavesOut = view.components.some((component) => component.critical && excluded.has(component.name));
  const ready = view.ready.ready || (leavesOut && isReadyWithout(view, counted));
  const culprits = new Set(ready ? [] : counted.filter(isFailing).map((component) => component.name));
  return [
    shutdownCheck(view),
    { ...passed('node', false), failed: ready || culprits.size > 0 || view.stopping ? null : view.ready.reason },
    ...view.components.map((component) => componentCheck(component, culprits.has(component.name))),
  ];
}

/** The checks behind /readyz/NAME: this component by its phase, whether critical or not; null when there is none. */
export function singleChecks(view: NodeView, name: string): Check[] | null {
  const component = view.components.find((candidate) => candidate.name === name);
  return component === undefined ? null : [shutdownCheck(view), componentCheck(component, isFailing(component))];
}

/** The answer to a request for `path` (livez, readyz, healthz). */
export function judge(path: string, checks: readonly Check[], excluded: ReadonlySet<string>): Verdict {
  const left = new Set(excluded);
  let ok = true;
  let lines = '';
  for (const check of checks) {
    if (check.excludable && left.delete(check.name)) {
      lines += `[+]${check.name} excluded: ok\n`;
    } else if (check.failed === null) {
      lines += `[+]${check.name} ok${check.note === null ? '' : `: ${check.note}`}\n`;
    } else {
      ok = false;
      lines += `[-]${check.name} failed: ${check.failed}\n`;
    }
  }
  if (left.size > 0) lines += `warn: some health checks cannot be excluded: no matches for ${quoted(left)}\n`;
  return { ok, lines: `${lines}${path} check ${ok ? 'passed' : 'failed'}\n` };
}

/** Leaving something out can only make a node ready, never unready; what is left is judged by phase, without hysteresis. */
function isReadyWithout(view: NodeView, counted: readonly ComponentView[]): boolean {
  if (view.ready.reason === 'node.not-ready') return !counted.some(isFailing);
  if (view.ready.reason === 'node.unseen') return !counted.some((one) => isFailing(one) || one.phase === 'unknown');
  return false;
}

function shutdownCheck(view: NodeView): Check {
  return { ...passed('shutdown', false), failed: view.stopping ? 'shutting-down' : null };
}

function componentCheck(component: ComponentView, isCulprit: boolean): Check {
  const check = passed(component.name, true);
  if (isCulprit) return { ...check, failed: component.reason };
  if (component.phase === 'healthy') return check;
  const note = `${component.phase}, ${component.reason}${component.critical ? '' : ', not critical'}`;
  return { ...check, note };
}

function passed(name: string, excludable: boolean): Check {
  return { name, failed: null, note: null, excludable };
}

// The names come from the request: bounded and written as JSON, so that they cannot begin a line of their own.
function quoted(names: ReadonlySet<string>): string {
  return [...names]
    .slice(0, 20)
    .map((name) => JSON.stringify(name.slice(0, 64)))
    .join(', ');
}
