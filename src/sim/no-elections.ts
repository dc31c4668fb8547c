/** The virtual node stands for nothing: elections have a virtual world of their own. */
import type { Hooks, Locks } from '../ports.ts';

const locks: Locks = { ask: async () => ({ said: 'sighted', sighting: null }), close: () => undefined };
const hooks: Hooks = { run: async () => ({ ok: true, reason: 'action.done', detail: '' }), end: () => undefined };

export const noElections = { locks, hooks };
