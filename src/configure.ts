/**
 * The configuration in force: what the file says plus what is found on the node. A bad file never replaces a good one. The units that
 * presets know are always watched, so that a runtime which is installed later is protected as soon as systemd tells of it.
 */
import { resolveBackups } from './config/backups.ts';
import { apiServersPolicy, leaderPolicies, withFoundLeaders } from './config/control-plane.ts';
import { discover, type Facts, foundPresets, presetUnits, readFacts } from './config/discover.ts';
import { resolveElections } from './config/elections.ts';
import { type EtcdHere, usualEtcd } from './config/etcd-here.ts';
import { healerUnits, warnOfHealers } from './config/healers.ts';
import { keepLastGood } from './config/last-good.ts';
import { loadConfigFile } from './config/load.ts';
import { describeProblems } from './config/problem.ts';
import { resolvePolicy } from './config/resolve.ts';
import type { Config } from './config/schema.ts';
import { repairUnit } from './core/etcd/repair.ts';
import type { Event } from './core/event.ts';
import type { Emit, SystemBus } from './ports.ts';
import type { Answer, NodeView } from './serve/view.ts';

export interface Configurator {
  /** Puts the elections and the checks of backups in force; called once, at the start: they wait for no bus. */
  begin(): void;
  /** Looks at the node and puts the configuration in force; called when the bus is (again) connected. */
  apply(): Promise<void>;
  /** Loads the file anew. The answer is no, with every problem, when it is not usable. */
  reload(): Promise<Answer>;
  /** Tells of an event; a unit that a preset knows and that has come to exist leads to another look at the node. */
  notice(event: Event): void;
  view(): NodeView['config'];
}

/** What the daemon starts with. */
export interface FirstConfig {
  readonly config: Config;
  /** The text of the file, to be kept as the last good one; null when `config` is the last good one already. */
  readonly text: string | null;
  /** The problems of the file when `config` is the last good one in its place; else empty. */
  readonly problems: string;
}

export interface ConfiguratorParts {
  readonly first: FirstConfig;
  readonly file: string | null;
  /** Where the last good configuration is kept. */
  readonly directory: string;
  readonly bus: SystemBus;
  readonly emit: Emit;
  readonly wallMs: () => number;
  /** The units of the components in the state. */
  readonly supervised: () => ReadonlySet<string>;
  /** Names of the manifests of static pods on this node. */
  readonly manifests: () => Promise<ReadonlySet<string>>;
  readonly etcdHere: () => Promise<EtcdHere>;
  /** For the log: what is no problem of the configuration and still worth a look. */
  readonly warn: (sentence: string) => void;
  /** Hears of each configuration that was loaded anew. */
  readonly loaded: (config: Config) => void;
  /** Under which those elections are stood for that name no identity. */
  readonly identity: string;
}

function isThere(facts: Facts, unit: string): boolean {
  const found = facts.get(unit) ?? null;
  return found !== null && found.loadState !== 'not-found';
}

/** What a reload cannot change, because connections hang on it. */
function bound({ listen, tls, bearerTokenFile, socket, agentCheck, trackFile, readyz, elections }: Config): string {
  const sidecars = Object.values(elections).map((one) => one.listen);
  return JSON.stringify([listen, tls, bearerTokenFile, socket, agentCheck, trackFile, readyz.drainFor, ...sidecars]);
}

const boundNotice =
  'what has changed of listen, tls, bearerTokenFile, socket, agentCheck, trackFile and readyz.drainFor takes effect at the next start';

export function createConfigurator(parts: ConfiguratorParts): Configurator {
  const { first, file, directory, bus, emit, wallMs, supervised, manifests, warn, loaded: tell } = parts;
  let { config } = first;
  let view: NodeView['config'] = { ok: first.problems === '', loadedWallMs: wallMs(), detail: first.problems };
  /** Units that presets know and that were not there at the last look. */
  let missing: ReadonlySet<string> = new Set();
  /** The policy that was told last, as JSON; empty while there is none, or when it is to be told again. */
  let told = '';
  let toldLeaders = '[]';
  let toldServers = 'null';
  let found: ReadonlySet<string> = new Set();
  let etcd = usualEtcd;
  let applying: Promise<void> | null = null;
  let next: Promise<void> | null = null;
  const warned = new Set<string>();

  function warnOnce(sentence: string): void {
    if (!warned.has(sentence)) warn(sentence);
    warned.add(sentence);
  }

  function putInForce(facts: Facts): void {
    const policy = resolvePolicy(config, foundPresets(discover(config, facts, supervised()), config), etcd);
    missing = new Set(config.discover ? presetUnits.filter((unit) => !isThere(facts, unit)) : []);
    if (told !== JSON.stringify(policy)) emit({ type: 'config.loaded', policy });
    told = JSON.stringify(policy);
    tellControlPlane();
    const started = config.etcd?.repair === 'act' ? [repairUnit] : [];
    bus.watch([...new Set([...policy.components.map((component) => component.unit), ...missing, ...started])]);
  }

  function tellControlPlane(): void {
    const policies = leaderPolicies(withFoundLeaders(config, found));
    if (toldLeaders !== JSON.stringify(policies)) emit({ type: 'leaders.loaded', policies });
    toldLeaders = JSON.stringify(policies);
    const policy = apiServersPolicy(config);
    if (toldServers !== JSON.stringify(policy)) emit({ type: 'apiservers.loaded', policy });
    toldServers = JSON.stringify(policy);
  }

  async function lookAndApply(): Promise<void> {
    [found, etcd] = await Promise.all([manifests(), parts.etcdHere()]);
    const facts = await readFacts(bus.read, [...(config.discover ? presetUnits : []), ...healerUnits]);
    for (const sentence of warnOfHealers(facts)) warnOnce(sentence);
    putInForce(facts);
  }

  /** One look at a time; whatever is asked for meanwhile is answered by one more. */
  function apply(): Promise<void> {
    if (applying === null) {
      applying = lookAndApply().finally(() => {
        applying = null;
      });
      return applying;
    }
    next ??= applying.then(() => {
      next = null;
      return apply();
    });
    return next;
  }

  /** Before the bus was ever there: what the file lists, and what the last agent knew, is shown, and can be paused. */
  function applyBlind(): void {
    if (told === '') putInForce(new Map());
  }

  function putWhatWaitsForNoBus(): void {
    emit({ type: 'elections.loaded', policies: resolveElections(config.elections, parts.identity) });
    emit({ type: 'backups.loaded', policies: resolveBackups(config.backups) });
  }

  return {
    begin: putWhatWaitsForNoBus,
    apply,
    reload: async () => {
      const loaded = await loadConfigFile(file);
      if (!loaded.ok) {
        const detail = describeProblems(loaded.problems);
        view = { ...view, ok: false, detail };
        emit({ type: 'config.rejected', detail });
        return { ok: false, message: `the last good configuration stays in force:\n${detail}` };
      }
      config = loaded.config;
      tell(config);
      told = '';
      await keepLastGood(directory, loaded.text);
      view = { ok: true, loadedWallMs: wallMs(), detail: '' };
      putWhatWaitsForNoBus();
      await apply();
      if (bound(config) === bound(first.config)) return { ok: true, message: 'the configuration was loaded' };
      warn(boundNotice);
      return { ok: true, message: `the configuration was loaded; ${boundNotice}` };
    },
    notice: (event) => {
      if (event.type === 'bus.lost') applyBlind();
      if (event.type !== 'unit.changed' || event.unit.loadState === 'not-found' || !missing.has(event.unit.id)) return;
      missing = new Set([...missing].filter((unit) => unit !== event.unit.id));
      void apply();
    },
    view: () => view,
  };
}
