/**
 * The daemon's composition root: builds the parts, starts them in order, stops them in reverse. It decides nothing.
 */

import { randomUUID } from 'node:crypto';
import { flushCompileCache } from 'node:module';
import { hostname } from 'node:os';
import { join } from 'node:path';
import packageJson from '../package.json' with { type: 'json' };
import { createSender } from './adapters/alert/send.ts';
import { createBackups } from './adapters/backups/backups.ts';
import { createClock } from './adapters/clock/clock.ts';
import { createControlPlane } from './adapters/control-plane/control-plane.ts';
import { createEtcdGuard } from './adapters/etcd/guard.ts';
import { createEvidence } from './adapters/evidence/evidence.ts';
import { createHooks } from './adapters/exec/hooks.ts';
import { createRemedyCommand } from './adapters/exec/remedy.ts';
import { runCommand, startCommand } from './adapters/exec/run.ts';
import { createHost } from './adapters/host/host.ts';
import { createJournal } from './adapters/journal/journal.ts';
import { createLocks } from './adapters/locks/locks.ts';
import { findDescriptor } from './adapters/notify/descriptor.ts';
import { createNotify } from './adapters/notify/notify.ts';
import { createProber } from './adapters/probe/prober.ts';
import { createSchedule } from './adapters/schedule/schedule.ts';
import { busAddress } from './adapters/systemd/address.ts';
import { createSystemBus } from './adapters/systemd/system-bus.ts';
import { createAlerting } from './alerting.ts';
import { createAsks } from './asks.ts';
import { createBalancers } from './balancers.ts';
import { isOrphan, resolveAlerts } from './config/alerts.ts';
import { readManifestNames } from './config/control-plane.ts';
import { findEtcdHere } from './config/etcd-here.ts';
import type { Config } from './config/schema.ts';
import { createConfigurator, type FirstConfig } from './configure.ts';
import type { Event } from './core/event.ts';
import { initialState, type State } from './core/state.ts';
import { beginEtcdDuty, watchesEtcd } from './etcd-duty.ts';
import { createListening } from './listening.ts';
import { createLog } from './log.ts';
import { createLoop } from './loop.ts';
import { createPerform } from './perform.ts';
import { createPublish } from './publish.ts';
import { untilResigned } from './resign.ts';
import { createControl } from './serve/control.ts';
import { createHttp } from './serve/http.ts';
import { defaultLimits } from './serve/limits.ts';
import { createMetrics } from './serve/metrics.ts';
import { SocketInUse } from './serve/socket.ts';
import type { Answer, ServeSource } from './serve/view.ts';
import { createSidecars } from './sidecars.ts';
import { evidenceFolder } from './store/database.ts';
import { openStore } from './store/store.ts';
import { createViewer } from './view.ts';

export interface Agent {
  reload(): Promise<Answer>;
  stop(): Promise<void>;
}

/** The loop takes a turn every 5 s at the latest, to sample the host; three missed ones mean that it does not turn. */
const turnsWithinMs = 15_000;

/** Of the 15 s that systemd gives us to end: for the commands at the loss and for letting go of the locks. */
const resignMs = 8_000;

type Parts = ReturnType<typeof buildParts>;

/** What looks, decides and acts. Throws when another agent has the state directory. */
function buildParts(first: FirstConfig, file: string | null, directory: string) {
  const journal = findDescriptor(process.env, process.pid, 'journal');
  const log = createLog({ openJournal: journal === null ? null : (refused) => createJournal(journal, refused) });
  const clock = createClock(() => loop.wake());
  const { wallMs } = clock;
  const emit = (event: Event): void => {
    loop.emit(event);
    configurator.notice(event);
    if (event.type === 'bus.connected') void configurator.apply();
  };
  const store = openStore(directory, emit);
  const stored = store.load();
  const host = createHost();
  const bus = createSystemBus({ emit, clock, address: busAddress(process.env) });
  const mainPid = (unit: string): number =>
    Object.values(loop.state().components).find((component) => component.policy.unit === unit)?.unit?.mainPid ?? 0;
  const prober = createProber({ clock, mainPid });
  const evidence = createEvidence({ folder: join(directory, evidenceFolder), start: startCommand, bus, wallMs });
  const notify = createNotify({ run: runCommand, env: process.env, pid: process.pid });
  const metrics = createMetrics();
  const publish = createPublish({ log, metrics, store, notify, wallMs });
  const etcd = watchesEtcd(first.config)
    ? createEtcdGuard({ node: first.config.node ?? hostname(), directory, wallMs })
    : null;
  const controlPlane = createControlPlane(clock);
  const backups = createBackups({ clock, prober });
  const locks = createLocks({ clock, emit });
  const elected = { locks, hooks: createHooks(startCommand) };
  const performed = { bus, prober, host, evidence, store, controlPlane, backups, etcd, ...elected };
  const perform = createPerform({ ...performed, runCommand: createRemedyCommand(runCommand) });
  const initial = (stored.state as State | null) ?? initialState();
  const loop = createLoop({ clock, initial, publish: publish.turned, perform });
  const supervised = (): ReadonlySet<string> =>
    new Set(Object.values(loop.state().components).map((component) => component.policy.unit));
  const warn = (sentence: string): void => log.warn(sentence);
  const send = createSender({ run: runCommand, wallMs });
  const node = (): string => loop.state().node.name || first.config.node || hostname();
  const count = metrics.observeAlert;
  const alerting = createAlerting({ clock, store, send, log, state: loop.state, node, count });
  const loaded = (config: Config): void => alerting.configure(resolveAlerts(config), (key) => isOrphan(key, config));
  // As client-go has it: unique to this process, so that no two take each other's lock for their own.
  const identity = `${first.config.node ?? hostname()}_${randomUUID()}`;
  const told = { supervised, manifests: readManifestNames, etcdHere: findEtcdHere, warn, loaded, identity };
  const configurator = createConfigurator({ first, file, directory, bus, emit, wallMs, ...told });
  const ports = { store, host, bus, prober, controlPlane, backups, etcd, notify, metrics, locks };
  return { first, log, clock, emit, stored, ...ports, publish, loop, configurator, alerting };
}

/** What readers are shown and operators may ask. */
function buildSource(
  { first, clock, loop, store, publish, configurator, alerting, emit }: Parts,
  isStopping: () => boolean,
): ServeSource {
  const viewer = createViewer();
  const name = first.config.node ?? hostname();
  const startedWallMs = clock.wallMs();
  return {
    clock,
    view: () =>
      viewer(loop.state(), clock.nowMs(), {
        name,
        version: packageJson.version,
        commit: process.env['NODEMEND_COMMIT'] ?? 'source',
        startedWallMs,
        wallMs: clock.wallMs(),
        stopping: isStopping(),
        storeDetail: store.detail(),
        config: configurator.view(),
        alerts: alerting.view(),
        lastTurnAtMs: loop.lastTurnAtMs(),
      }),
    turning: () => clock.nowMs() - loop.lastTurnAtMs() < turnsWithinMs,
    incidents: (query) => store.incidents(query),
    period: (sinceWallMs) => ({
      ...store.period(sinceWallMs, clock.wallMs()),
      alerts: alerting.sent(sinceWallMs),
    }),
    subscribe: publish.subscribe,
    ask: createAsks({ state: loop.state, emit, reload: configurator.reload, testAlert: alerting.test }),
  };
}

/** Rejects with one sentence when another agent has the state directory or the control socket. */
export async function startAgent(first: FirstConfig, file: string | null, directory: string): Promise<Agent> {
  const parts = buildParts(first, file, directory);
  const { log, clock, loop, bus, store, stored, host, notify, metrics, prober, etcd, configurator, alerting } = parts;
  const { listen: address, socket, tls, bearerTokenFile } = first.config;
  let stopping = false;
  const source = buildSource(parts, () => stopping);
  const control = createControl(source, metrics);
  const http = createHttp(source, metrics, defaultLimits, { tls, bearerTokenFile }, (sentence) => log.warn(sentence));
  const schedule = createSchedule();

  async function listenForOperators(): Promise<void> {
    const groupProblem = await control.listen(socket);
    if (groupProblem !== null) log.warn({ socket }, groupProblem);
  }
  const refused = (message: string): void => log.error(message);
  const operators = createListening(listenForOperators, (error) => error instanceof SocketInUse, refused);
  const listenForReaders = async (): Promise<void> => void (await http.listen(address));
  const readers = createListening(listenForReaders, () => false, refused);
  const balancers = createBalancers(first.config, source, refused);
  parts.publish.subscribe(alerting.told);
  const bootId = host.bootId();
  alerting.begin(bootId, resolveAlerts(first.config), (key) => isOrphan(key, first.config));
  const sidecars = createSidecars(first.config.elections, source, refused);
  loop.emit({ type: 'agent.started', bootId, seed: Math.trunc(clock.wallMs()) | 0, store: stored.health });
  if (first.problems !== '') loop.emit({ type: 'config.rejected', detail: first.problems });
  configurator.begin();
  for (const listening of [operators, readers, balancers, sidecars]) await listening.begin();
  bus.open();
  schedule.daily(() => store.prune(clock.wallMs()));
  await beginEtcdDuty(first.config, directory, schedule, loop.emit);
  await notify.ready();
  // So that the next start is quick even when this process is killed.
  flushCompileCache();

  return {
    reload: configurator.reload,
    stop: async () => {
      stopping = true;
      for (const listening of [operators, readers]) listening.stop();
      loop.emit({ type: 'agent.stopping' });
      await Promise.all([notify.stopping(), untilResigned(loop.state, resignMs)]);
      loop.stop();
      // Load balancers are told first, and answered for as long as they take to notice.
      await balancers.end();
      parts.locks.close();
      await schedule.stop();
      await Promise.all([http.close(), control.close(), sidecars.close()]);
      await bus.close();
      await prober.close();
      parts.controlPlane.close();
      parts.backups.close();
      etcd?.close();
      host.close();
      alerting.stop();
      store.save(loop.state(), clock.wallMs(), []);
      store.close();
      await log.close();
    },
  };
}
