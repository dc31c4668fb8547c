/**
 * What is kept before an action: one JSON file per action, bounded in time, size and number. A repair waits for it 2 s at most; what was not there by then is
 * missing in the file and said to be.
 */
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EvidenceCollector, EvidenceRequest, SystemBus } from '../../ports.ts';
import type { runCommand } from '../exec/run.ts';
import { readFigures } from '../host/figures.ts';
import { readJournal, readPressures, readProcesses } from './parts.ts';
import { redact } from './redact.ts';

/** Within the 2 s that a repair waits, with time left to write the file. */
const gatherMs = 1_500;
/** A goroutine dump is written to the journal; so long it is given before the journal is read. */
const dumpMs = 400;
const repairMs = 1_000;
const mostBytes = 1_048_576;
const mostFiles = 50;
const mostBytesInAll = 50 * mostBytes;

export interface EvidenceParts {
  readonly folder: string;
  readonly run: typeof runCommand;
  readonly bus: Pick<SystemBus, 'read'>;
  readonly wallMs: () => number;
}

const late = 'not there in time';

/** Resolves to what the work gives, or to a note when it takes too long. */
function within<T>(work: Promise<T>, timeoutMs: number): Promise<T | string> {
  const { promise, resolve } = Promise.withResolvers<T | string>();
  const timer = setTimeout(resolve, timeoutMs, late);
  work.then(resolve, (error: unknown) => resolve(`cannot be had: ${String(error)}`)).finally(() => clearTimeout(timer));
  return promise;
}

/** containerd and dockerd write their goroutines on SIGUSR1; a stopped process keeps the signal pending, which does no harm. */
async function dumpGoroutines(mainPid: number): Promise<string> {
  try {
    process.kill(mainPid, 'SIGUSR1');
  } catch (error) {
    return `cannot ask for a goroutine dump: ${(error as NodeJS.ErrnoException).code}`;
  }
  await new Promise((resolve) => setTimeout(resolve, dumpMs));
  return 'asked for; it is in the journal';
}

function fileName({ component, incident }: EvidenceRequest, wallMs: number): string {
  const time = new Date(wallMs).toISOString().replace(/[:.]/g, '-');
  return `${time}-${component}-${incident}`.replace(/[^A-Za-z0-9-]/g, '_').slice(0, 200);
}

/** The oldest files go until there is room; names begin with the time, so their order is that of time. */
async function makeRoom(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => /\.json(\.new)?$/.test(name)).sort();
  const sizes = await Promise.all(
    names.map(async (name) => (await stat(join(folder, name)).catch(() => null))?.size ?? 0),
  );
  let bytes = sizes.reduce((sum, size) => sum + size, 0);
  for (const [index, name] of names.entries()) {
    if (names.length - index < mostFiles && bytes < mostBytesInAll) return;
    await rm(join(folder, name), { force: true });
    bytes -= sizes[index] ?? 0;
  }
}

export function createEvidence({ folder, run, bus, wallMs }: EvidenceParts): EvidenceCollector {
  async function gather(request: EvidenceRequest): Promise<Record<string, unknown>> {
    const unit = await within(bus.read(request.unit), gatherMs / 2);
    const known = typeof unit === 'string' ? null : unit;
    const goroutines =
      request.dump && known !== null && known.mainPid > 0 ? await dumpGoroutines(known.mainPid) : 'not asked for';
    const [processes, pressure, host, journal] = await Promise.all([
      within(readProcesses(known?.controlGroup ?? '', known?.mainPid ?? 0), gatherMs / 2),
      within(readPressures(), gatherMs / 2),
      within(readFigures(), gatherMs / 2),
      within(readJournal(run, request.unit, gatherMs / 2), gatherMs),
    ]);
    return { unit, goroutines, processes, pressure, host, journal };
  }

  async function write(request: EvidenceRequest): Promise<string | null> {
    const takenWallMs = wallMs();
    const gathered = await within(gather(request), gatherMs);
    const bundle = { ...request, takenWallMs, partial: typeof gathered === 'string', gathered };
    const text = redact(JSON.stringify(bundle, null, 1)).slice(0, mostBytes);
    const file = `${fileName(request, takenWallMs)}.json`;
    // Renamed when it is whole: a full disk or the end of the agent leaves no half a bundle under a bundle's name.
    const unfinished = join(folder, `${file}.new`);
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await makeRoom(folder);
      await writeFile(unfinished, text, { mode: 0o600, flag: 'wx' });
      await rename(unfinished, join(folder, file));
      return file;
    } catch {
      // A full or read-only disk; the store tells of it, and a repair does not wait for a better one.
      await rm(unfinished, { force: true }).catch(() => undefined);
      return null;
    }
  }

  return {
    capture: async (request, repair) => {
      if (repair !== null) await within(repair, repairMs);
      const written = await within(write(request), gatherMs + 400);
      return written === late ? null : written;
    },
  };
}
