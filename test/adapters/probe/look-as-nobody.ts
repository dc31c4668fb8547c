/**
 * A process of its own that looks as somebody bound by file modes: root becomes nobody first, after everything is loaded, because nobody
 * may not be allowed to read these files. `node look-as-nobody.ts TARGETS-AS-JSON` prints the observations as JSON.
 */
import { createProber } from '../../../src/adapters/probe/prober.ts';
import type { ProbeTarget } from '../../../src/core/mend/policy.ts';
import { plentyMs, realClock } from './stage.ts';

const nobody = 65_534;
const targets = JSON.parse(process.argv[2] ?? '') as ProbeTarget[];
const prober = createProber({ clock: realClock, mainPid: () => 0 });
// Loads the gRPC libraries.
await prober.look('load', { kind: 'cri', socket: '/no/such.sock', look: 'version' }, 'a.service', plentyMs);
if (process.getuid?.() === 0) {
  process.setgroups?.([]);
  process.setgid?.(nobody);
  process.setuid?.(nobody);
}
const looks = targets.map((target, lane) => prober.look(`look-${lane}`, target, 'a.service', plentyMs));
process.stdout.write(JSON.stringify(await Promise.all(looks)));
await prober.close();
