/** Liveness: some time after the faults have stopped, everything that should run is running, and the agent knows it. */
import type { World } from '../../../src/sim/world.ts';
import type { Breach } from './case.ts';
import type { Knowledge, Part } from './knowledge.ts';

/** Nobody wants it to be left alone, and what it needs runs as well. */
function shouldRun(part: Part, world: World, knowledge: Knowledge): boolean {
  const unit = world.machine.pidOne().read(part.policy.unit);
  const service = world.machine.pidOne().service(part.policy.unit);
  if (service === null || knowledge.unwanted.has(part.policy.unit)) return false;
  if (unit.unitFileState === 'masked' || unit.freezerState !== 'running') return false;
  if (unit.unitFileState === 'disabled' && unit.invocationId === '') return false;
  if (part.pausedUntilMs > knowledge.nowMs || knowledge.pausedUntilMs > knowledge.nowMs) return false;
  const waitsFor = part.policy.after.flatMap((name) => knowledge.parts.get(name)?.policy.unit ?? []);
  const needed = [...service.facts.requires, ...service.facts.program.leansOn, ...waitsFor];
  return needed.every((name) => {
    const other = [...knowledge.parts.values()].find(({ policy }) => policy.unit === name);
    return other === undefined || shouldRun(other, world, knowledge);
  });
}

export function recoveryBreaches(world: World, knowledge: Knowledge): Breach[] {
  const breaches: Breach[] = [];
  const breach = (what: string): void => {
    breaches.push({ rule: 'liveness', what: `liveness ${what}`, agendaMs: world.agenda.nowMs() });
  };
  const state = world.agent.state();
  if (state === null) {
    breach('no agent runs');
    return breaches;
  }
  if (state.node.bus !== 'connected') breach('the bus is not connected');
  for (const [name, part] of knowledge.parts) {
    const component = state.components[name];
    const unit = world.machine.pidOne().read(part.policy.unit);
    if (part.open !== null) breach(`${part.open.id} has not ended`);
    if (component?.deed != null) breach(`${component.deed.id} is still under way`);
    if (!shouldRun(part, world, knowledge)) continue;
    // Taken for stopped by an operator, and told as such: nothing that systemd keeps tells it from that.
    const unknowable = knowledge.traceless.has(part.policy.unit) || knowledge.undecided.has(part.policy.unit);
    if (component?.phase === 'stopped' && unknowable) continue;
    if (unit.activeState !== 'active') breach(`${part.policy.unit} is ${unit.activeState} (${unit.subState})`);
    if (component?.phase !== 'healthy') breach(`${name} is ${component?.phase}: ${component?.reason}`);
    if (component?.incident != null) breach(`an incident of ${name} is still open`);
  }
  return breaches;
}
