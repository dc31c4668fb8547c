/** The real control server over a real socket, with a stand-in for the agent behind it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import { createControl } from '../../src/serve/control.ts';
import { createMetrics } from '../../src/serve/metrics.ts';
import { createStandIn } from '../serve/stand-in.ts';
import { record } from './recorder.ts';

export function somewhere(t: Test): string {
  const path = mkdtempSync(join(tmpdir(), 'nodemend-'));
  t.teardown(() => rmSync(path, { recursive: true, force: true }));
  return join(path, 'control.sock');
}

export async function setUp(t: Test) {
  const source = createStandIn();
  const control = createControl(source, createMetrics());
  const socket = somewhere(t);
  await control.listen(socket);
  t.teardown(() => control.close());
  return { source, control, socket, io: record() };
}
