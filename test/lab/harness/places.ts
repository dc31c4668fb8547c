/** Where the lab keeps things on the test machine, and how it tells what takes long. Nothing of it lies in the repository. */
import { fileURLToPath } from 'node:url';

/** Trees and packages that are built once and used by every run. */
export const LAB_CACHE = process.env['NODEMEND_LAB_CACHE'] ?? '/var/cache/nodemend-lab';

/** One folder per running lab, its mount points and its record. */
export const LAB_RUNS = '/run/nodemend-lab';

export const REPOSITORY = fileURLToPath(new URL('../../..', import.meta.url));

/** Prefix of the names of everything a lab makes outside its folder: cgroups, network namespaces, machines. */
export const LAB_PREFIX = 'nml-';

/** One line for whoever watches the tests; on stderr, since stdout belongs to TAP. */
export function say(text: string): void {
  process.stderr.write(`lab: ${text}\n`);
}
