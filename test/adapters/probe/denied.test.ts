import { execFile } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import type { Observation } from '../../../src/core/mend/observation.ts';
import type { ProbeTarget } from '../../../src/core/mend/policy.ts';
import { createPeer, makeFolder, silent } from './stage.ts';

const program = join(import.meta.dirname, 'look-as-nobody.ts');

async function lookAsNobody(targets: readonly ProbeTarget[]): Promise<Observation[]> {
  // Without tap's own environment, whose hooks write files that nobody may not write.
  const { stdout } = await promisify(execFile)(process.execPath, [program, JSON.stringify(targets)], { env: {} });
  return JSON.parse(stdout) as Observation[];
}

t.test('what we have no right to look at is unknown', async (t) => {
  const folder = makeFolder(t);
  chmodSync(folder, 0o755);
  const socket = join(folder, 'a.sock');
  const peer = await createPeer(t, silent, socket);
  chmodSync(socket, 0o000);
  const ca = join(folder, 'ca.pem');
  writeFileSync(ca, '', { mode: 0o000 });
  const plain = join(folder, 'plain');
  writeFileSync(plain, '#!/bin/sh\n', { mode: 0o644 });
  const http = { kind: 'http', expect: [200], insecure: false } as const;
  const denied = { verdict: 'unknown', reason: 'probe.denied' };
  const table: readonly (readonly [ProbeTarget, object])[] = [
    [{ kind: 'containerd', socket, look: 'version' }, denied],
    [{ kind: 'containerd', socket, look: 'metadata' }, denied],
    [{ kind: 'containerd', socket, look: 'shims' }, denied],
    [{ kind: 'cri', socket, look: 'version' }, denied],
    [{ kind: 'cri', socket, look: 'status' }, denied],
    [{ kind: 'docker', socket, look: 'ping' }, denied],
    [{ kind: 'docker', socket, look: 'version' }, denied],
    [{ kind: 'docker', socket, look: 'inspect' }, denied],
    [{ ...http, url: 'http://localhost/', socket, ca: null }, denied],
    [{ ...http, url: 'https://127.0.0.1:1/', socket: null, ca }, denied],
    [{ kind: 'etcd', url: 'https://127.0.0.1:1/', ca, cert: null, key: null, look: 'health' }, denied],
    [
      { kind: 'exec', argv: [plain] },
      { verdict: 'unknown', reason: 'probe.no-command' },
    ],
  ];
  const seen = await lookAsNobody(table.map(([target]) => target));
  for (const [index, [target, expected]] of table.entries()) t.match(seen[index], expected, JSON.stringify(target));
  t.equal(peer.count(), 0);
});
