/**
 * One performer for every kind of action; a kind without a performer does not compile. Performers are bounded in time by their ports
 * and never throw: what goes wrong comes back as the event.
 */
import type { Action, Remedial } from './core/action.ts';
import type { EtcdAction } from './core/etcd/event.ts';
import { repairUnit } from './core/etcd/repair.ts';
import type { ActionResult } from './core/event.ts';
import type { State } from './core/state.ts';
import type {
  Backups,
  ControlPlane,
  Emit,
  EtcdGuard,
  EvidenceCollector,
  Hooks,
  Host,
  Locks,
  Prober,
  Store,
  SystemBus,
} from './ports.ts';

export interface Performers {
  readonly bus: SystemBus;
  readonly prober: Prober;
  readonly host: Host;
  readonly evidence: EvidenceCollector;
  readonly store: Store;
  readonly controlPlane: ControlPlane;
  readonly backups: Backups;
  /** Where etcd is configured: else nothing of it is asked. */
  readonly etcd?: EtcdGuard | null;
  readonly locks: Locks;
  readonly hooks: Hooks;
  readonly runCommand: (argv: readonly string[], timeoutMs: number) => Promise<ActionResult>;
}

type Perform<Type extends Action['type']> = (
  action: Extract<Action, { type: Type }>,
  state: State,
  emit: Emit,
) => Promise<void>;
type Remedy<Type extends Remedial['type']> = (action: Extract<Remedial, { type: Type }>) => Promise<ActionResult>;

/** Of what a repair may be without: it goes on in its time. */
const nothing = (): null => null;

const failed = (error: unknown): ActionResult => ({
  ok: false,
  reason: 'action.failed',
  detail: String(error).slice(0, 200),
});

/** The service's own limit, and a little. */
const repairMs = 1_860_000;

type EtcdPerformers = { readonly [Type in EtcdAction['type']]: Perform<Type> };

function etcdPerformers(etcd: EtcdGuard | null, bus: SystemBus): EtcdPerformers {
  if (etcd === null) {
    const never = async (): Promise<void> => undefined;
    return {
      'etcd.look': never,
      'etcd.canary': never,
      'etcd.compare': never,
      'etcd.repair': never,
      'backup.list': never,
      'backup.take': never,
      'backup.verify': never,
    };
  }
  return {
    'etcd.look': async ({ policy }, _state, emit) => emit({ type: 'etcd.observed', view: await etcd.look(policy) }),
    'etcd.canary': async ({ policy }, _state, emit) =>
      emit({ type: 'etcd.canary-returned', canary: await etcd.canary(policy) }),
    'etcd.compare': async ({ policy, view }, _state, emit) =>
      emit({ type: 'etcd.compared', comparison: await etcd.compare(policy, view) }),
    'etcd.repair': async (_action, _state, emit) => {
      const result = await bus.start(repairUnit, { resetFailed: true, timeoutMs: repairMs });
      emit({ type: 'etcd.repair-ended', ok: result.ok, detail: result.detail });
    },
    'backup.list': async ({ backup }, _state, emit) =>
      emit({ type: 'backup.listed', records: await etcd.list(backup) }),
    'backup.take': async ({ policy, backup }, _state, emit) => {
      const taken = await etcd.take(policy, backup);
      emit({ type: 'backup.ended', taken, records: await etcd.list(backup) });
    },
    'backup.verify': async ({ policy, backup, file }, _state, emit) => {
      const verification = await etcd.verify(policy, backup, file);
      emit({ type: 'proof.ended', file, verification, records: await etcd.list(backup) });
    },
  };
}

export function createPerform(parts: Performers): (action: Action, state: State, emit: Emit) => void {
  const { bus, prober, host, evidence, store, controlPlane, backups, locks, hooks } = parts;
  /** By the action's id. */
  const underWay = new Map<string, Promise<void>>();

  const remedies: { readonly [Type in Remedial['type']]: Remedy<Type> } = {
    'unit.start': ({ unit, resetFailed, timeoutMs }) => bus.start(unit, { resetFailed, timeoutMs }),
    'unit.restart': ({ unit, resetFailed, sockets, timeoutMs }) =>
      bus.restart(unit, { resetFailed, sockets, timeoutMs }),
    'unit.kill': ({ unit, timeoutMs }) => bus.killAndRestart(unit, { timeoutMs }),
    'command.run': ({ argv, timeoutMs }) => parts.runCommand(argv, timeoutMs),
    'node.reboot': ({ timeoutMs }) => bus.reboot({ timeoutMs }),
  };

  /** The intent is on the disk before anything is done. Without a disk restarts go on, reboots do not (S1, S12). */
  async function remedy<Type extends Remedial['type']>(
    action: Extract<Remedial, { type: Type }>,
    emit: Emit,
  ): Promise<void> {
    const durable = await store.durable();
    const refused = !durable && action.type === 'node.reboot';
    const perform = remedies[action.type] as Remedy<Type>;
    const result = refused
      ? { ok: false, reason: 'reboot.not-writable' as const, detail: 'the intent could not be written' }
      : await perform(action).catch(failed);
    underWay.delete(action.id);
    emit({ type: 'action.finished', id: action.id, result });
  }

  function begin<Type extends Remedial['type']>(action: Extract<Remedial, { type: Type }>, emit: Emit): Promise<void> {
    const begun = remedy<Type>(action, emit);
    underWay.set(action.id, begun);
    return begun;
  }

  const performers: { readonly [Type in Action['type']]: Perform<Type> } = {
    'unit.start': (action, _state, emit) => begin<'unit.start'>(action, emit),
    'unit.restart': (action, _state, emit) => begin<'unit.restart'>(action, emit),
    'unit.kill': (action, _state, emit) => begin<'unit.kill'>(action, emit),
    'command.run': (action, _state, emit) => begin<'command.run'>(action, emit),
    'node.reboot': (action, _state, emit) => begin<'node.reboot'>(action, emit),
    'probe.look': async ({ component, unit, probe, target, timeoutMs }, _state, emit) => {
      const observation = await prober.look(`${component}/${probe}`, target, unit, timeoutMs);
      emit({ type: 'probe.observed', component, probe, observation });
    },
    'lease.look': async (look, _state, emit) =>
      emit({ type: 'lease.observed', check: look.check, seen: await controlPlane.lease(look) }),
    'instance.look': async (look, _state, emit) => {
      const seen = await controlPlane.instance(look);
      emit({ type: 'instance.observed', check: look.check, url: look.url, seen });
    },
    'apiserver.look': async (look, _state, emit) =>
      emit({ type: 'apiserver.observed', url: look.url, seen: await controlPlane.server(look) }),
    'apiservers.find': async (find, _state, emit) =>
      emit({ type: 'apiservers.found', urls: await controlPlane.servers(find) }),
    'backups.look': async (look, _state, emit) =>
      emit({ type: 'backups.observed', check: look.check, seen: await backups.look(look) }),
    ...etcdPerformers(parts.etcd ?? null, bus),
    'lock.ask': async (action, _state, emit) => {
      const answer = await locks.ask(action);
      emit({ type: 'lock.answered', election: action.election, id: action.id, answer });
    },
    'hook.run': async (action, _state, emit) => {
      // The end of a term waits for no disk: the lock is another's soon.
      const ready = action.hook === 'elected' ? store.durable() : Promise.resolve();
      const result = await hooks.run(action, ready).catch(failed);
      emit({ type: 'hook.finished', election: action.election, id: action.id, result });
    },
    'hook.end': async ({ election }) => hooks.end(election),
    'host.sample': async (_action, _state, emit) => {
      const sample = await host.sample().catch(nothing);
      if (sample !== null) emit({ type: 'host.sampled', sample });
    },
    'evidence.capture': async ({ type: _type, ...request }, state, emit) => {
      const { probes: observations = {}, unit = null } = state.components[request.component] ?? {};
      const seen = unit === null ? null : { mainPid: unit.mainPid, controlGroup: unit.controlGroup };
      const repair = underWay.get(request.id) ?? null;
      const file = await evidence.capture({ ...request, observations, seen }, repair).catch(nothing);
      if (file !== null) store.noteEvidence(request.incident, file);
      emit({ type: 'evidence.captured', id: request.id });
    },
  };

  return (action, state, emit) => {
    const perform = performers[action.type] as Perform<Action['type']>;
    // Ports do not reject; if one does all the same it is a defect of ours, and the process ends with it (crash-only).
    void perform(action, state, emit);
  };
}
