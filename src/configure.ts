/**
 * The configuration in force: what the file says plus what is found on the node. A bad file never replaces a good one. The units that
 * presets know are always watched, so that a runtime which is installed later is protected as soon as systemd tells of it.
 */
import { discover, type Facts, foundPresets, presetUnits, readFacts } from './config/discover.ts';
import { keepLastGood } from './config/last-good.ts';
import { loadConfigFile } from './config/load.ts';
import { describeProblems } from './config/problem.ts';
import { resolvePolicy } from './config/resolve.ts';
import type { Config } from './config/schema.ts';
import type { Event } from './core/event.ts';
import type { Emit, SystemBus } from './ports.ts';
import type { Answer, NodeView } from './serve/view.ts';

export interface Configurator {
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
}

function isThere(facts: Facts, unit: string): boolean {
  const found = facts.get(unit) ?? null;
  return found !== null && found.loadState !== 'not-found';
}

export function createConfigurator({ first, file, directory, bus, emit, wallMs }: ConfiguratorParts): Configurator {
  let { config } = first;
  let view: NodeView['config'] = { ok: first.problems === '', loadedWallMs: wallMs(), detail: first.problems };
  /** Units that presets know and that were not there at the last look. */
  let missing: ReadonlySet<string> = new Set();
  let applying: Promise<void> = Promise.resolve();

  async function lookAndApply(): Promise<void> {
    const sought = config.discover ? presetUnits : [];
    const facts = await readFacts(bus.read, sought);
    const policy = resolvePolicy(config, foundPresets(discover(config, facts), config));
    missing = new Set(sought.filter((unit) => !isThere(facts, unit)));
    emit({ type: 'config.loaded', policy });
    bus.watch([...new Set([...policy.components.map((component) => component.unit), ...missing])]);
  }

  /** One look at a time; what is asked for meanwhile waits for the next. */
  function apply(): Promise<void> {
    applying = applying.then(lookAndApply);
    return applying;
  }

  return {
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
      await keepLastGood(directory, loaded.text);
      view = { ok: true, loadedWallMs: wallMs(), detail: '' };
      await apply();
      return { ok: true, message: 'the configuration was loaded' };
    },
    notice: (event) => {
      if (event.type !== 'unit.changed' || event.unit.loadState === 'not-found' || !missing.has(event.unit.id)) return;
      missing = new Set([...missing].filter((unit) => unit !== event.unit.id));
      void apply();
    },
    view: () => view,
  };
}
