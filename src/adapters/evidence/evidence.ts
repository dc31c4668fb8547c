/**
 * What is kept before an action: one JSON file per action, bounded in time, size and number. INVARIANT: a repair waits 2 s at most, whatever
 * hangs; what was not there by then is missing in the file and said to be. What still hangs is never added to: two captures at once.
 */
import type { EvidenceCollector, EvidenceRequest, SystemBus } from '../../ports.ts';
import type { startCommand } from '../exec/run.ts';
import { readFigures } from '../host/figures.ts';
import { type Bundles, createBundles } from './bundles.ts';
import { dumpGoroutines } from './goroutines.ts';
import { readJournal } from './journal.ts';
import { readNamed, readProcesses } from './processes.ts';
import { redact } from './redact.ts';

/** Of the 2 s that a repair waits. */
const usualMs = 1_900;
/** Shares of it: until the unit is known, until everything is gathered and the file has to be written; and for the journal's program. */
const unitShare = 0.2;
const gatherShare = 0.75;
const journalShare = 0.5;
const mostBytes = 1_048_576;
const mostAtOnce = 2;
/** So long looking waits for a repair that is under way already, not to compete with it. */
const repairMs = 1_000;

export interface EvidenceParts {
  readonly folder: string;
  readonly start: typeof startCommand;
  readonly bus: Pick<SystemBus, 'read'>;
  readonly wallMs: () => number;
  /** For tests: how long a capture may take, where the processes of the node are seen, and what keeps the bundles. */
  readonly allMs?: number;
  readonly procFolder?: string;
  readonly bundles?: Bundles;
}

const late = 'not there in time';

/** Resolves to what the work gives, or to a note: that it failed, or that it takes longer than this. */
async function within<T>(work: Promise<T>, timeoutMs: number): Promise<T | string> {
  const { promise: passed, resolve } = Promise.withResolvers<string>();
  const timer = setTimeout(resolve, timeoutMs, late);
  const told = work.catch((error: unknown) => `cannot be had: ${String(error)}`);
  return Promise.race([told, passed]).finally(() => clearTimeout(timer));
}

function fileName({ component, incident }: EvidenceRequest, wallMs: number): string {
  const time = new Date(wallMs).toISOString().replace(/[:.]/g, '-');
  return `${`${time}-${component}-${incident}`.replace(/[^A-Za-z0-9-]/g, '_').slice(0, 200)}.json`;
}

const write = (bundle: object): string =>
  JSON.stringify(bundle, (_key, value: unknown) => (typeof value === 'string' ? redact(value) : value), 1);

/** Leaves out the largest part until the rest fits. */
function writeBounded(bundle: object, gathered: Readonly<Record<string, unknown>>): string {
  const text = write({ ...bundle, gathered });
  if (Buffer.byteLength(text) <= mostBytes) return text;
  const sizes = Object.entries(gathered).map(([name, part]) => ({ name, bytes: Buffer.byteLength(write({ part })) }));
  const { name, bytes } = sizes.reduce((most, one) => (one.bytes > most.bytes ? one : most), { name: '', bytes: 0 });
  return bytes < 1_024
    ? write({ id: 'left out', bytes: Buffer.byteLength(text) })
    : writeBounded(bundle, { ...gathered, [name]: `left out: ${bytes} bytes` });
}

export function createEvidence(parts: EvidenceParts): EvidenceCollector {
  const { folder, start, bus, wallMs, allMs = usualMs, procFolder = '/proc', bundles = createBundles(folder) } = parts;
  let underWay = 0;

  /** Begins everything at once. `ended` resolves when nothing of it is left, however long that takes. */
  function gather(request: EvidenceRequest, takenWallMs: number) {
    const unit = within(bus.read(request.unit), unitShare * allMs);
    const known = unit.then((one) => (typeof one === 'string' ? null : one) ?? request.seen);
    const journal = readJournal(start, request.unit, journalShare * allMs);
    const works: Readonly<Record<string, Promise<unknown>>> = {
      unit,
      goroutines: known.then((one) => {
        if (!request.dump) return 'not asked for';
        return one === null || one.mainPid === 0
          ? 'no main process is known'
          : dumpGoroutines(procFolder, one.mainPid, takenWallMs);
      }),
      processes: known.then((one) => readProcesses(procFolder, one?.controlGroup ?? '', one?.mainPid ?? 0)),
      pressure: readNamed('/proc/pressure', ['cpu', 'io', 'memory']),
      host: readFigures(),
      journal: journal.text,
    };
    const ended = Promise.allSettled([...Object.values(works), journal.gone]);
    const gathered = Promise.all(
      Object.entries(works).map(async ([name, work]) => [name, await within(work, gatherShare * allMs)] as const),
    );
    return { gathered, ended };
  }

  async function capture(request: EvidenceRequest, takenWallMs: number): Promise<string> {
    const file = fileName(request, takenWallMs);
    const { gathered, ended } = gather(request, takenWallMs);
    const found = Object.fromEntries(await gathered);
    const partial = Object.values(found).includes(late);
    const kept = bundles.keep(file, writeBounded({ ...request, takenWallMs, partial }, found));
    void Promise.allSettled([kept, ended]).then(() => {
      underWay -= 1;
    });
    await kept;
    return file;
  }

  return {
    capture: async (request, repair) => {
      if (repair !== null) await within(repair, repairMs);
      if (underWay >= mostAtOnce) return null;
      underWay += 1;
      const { promise: passed, resolve } = Promise.withResolvers<null>();
      const timer = setTimeout(resolve, allMs, null);
      // A full or read-only disk: the store tells of it, and a repair does not wait for a better one.
      const captured = capture(request, wallMs()).catch(() => null);
      return Promise.race([captured, passed]).finally(() => clearTimeout(timer));
    },
  };
}
