/** The virtual node has no control plane: whatever is looked at cannot be seen, and nothing is concluded from that. */
import type { Backups, ControlPlane } from '../ports.ts';

const detail = 'there is none here';

export const noControlPlane: ControlPlane = {
  lease: async () => ({ known: false, detail, startedAtMs: 0 }),
  instance: async () => ({ health: 'unknown', leads: null, detail, startedAtMs: 0 }),
  server: async () => ({
    state: 'unknown',
    reason: 'apiserver.unknown',
    detail,
    stopping: false,
    live: null,
    startedAtMs: 0,
  }),
  servers: async () => null,
  close: () => undefined,
};

export const noBackups: Backups = {
  look: async () => ({ known: false, detail, startedAtMs: 0 }),
  close: () => undefined,
};
