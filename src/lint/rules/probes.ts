/** Programs have the probes that kubeadm gives them, and no livenessProbe that fails for the fault of others. */
import { type Fields, isFields, textOf, valueAt } from '../document.ts';
import { type Finding, found } from '../finding.ts';
import type { Container, Program } from '../program.ts';
import type { Rule } from '../rule.ts';

/** Those that answer requests of others. */
const serving: ReadonlySet<string> = new Set(['kube-apiserver', 'etcd']);

const pathOf = (probe: Fields): string => (textOf(valueAt(probe, ['httpGet', 'path'])) ?? '').split('?')[0] ?? '';

/** /health of etcd wants a leader unless it is asked for what this member alone can answer; /readyz says so of itself. */
function asksOthers(name: string, probe: Fields): boolean {
  const query = textOf(valueAt(probe, ['httpGet', 'path'])) ?? '';
  const path = pathOf(probe);
  if (path === '/readyz') return true;
  return name === 'etcd' && path === '/health' && !/[?&]serializable=true/.test(query);
}

function checkContainer({ name, spot }: Program, container: Container): Finding[] {
  const probe = (key: string): Fields | null => {
    const value = container.fields[key];
    return isFields(value) ? value : null;
  };
  const findings: Finding[] = [];
  const liveness = probe('livenessProbe');
  if (liveness === null) findings.push(found('probe.no-liveness', spot, name));
  else if (asksOthers(name, liveness)) {
    const asked = textOf(valueAt(liveness, ['httpGet', 'path'])) ?? '';
    const mend = name === 'etcd' ? 'ask /livez, or /health?serializable=true before etcd 3.5.11' : undefined;
    const place = container.spot(['livenessProbe', 'httpGet', 'path']);
    findings.push(found('probe.liveness-of-others', place, `${name} is asked for ${asked}`, mend));
  }
  if (serving.has(name) && probe('readinessProbe') === null) findings.push(found('probe.no-readiness', spot, name));
  if (probe('startupProbe') === null) findings.push(found('probe.no-startup', spot, name));
  return findings;
}

export const probes: Rule = ({ programs }) =>
  programs.flatMap((program) => (program.container === null ? [] : checkContainer(program, program.container)));
