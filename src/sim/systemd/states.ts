/** What systemd counts as up and as down. Pure. */
import type { Unit } from '../../core/mend/unit.ts';

/** Down, and no start of it under way: auto-restart is on its way up. */
export const hasEndedWholly = (unit: Unit): boolean => unit.activeState === 'inactive' || unit.activeState === 'failed';

export const isUp = (unit: Unit): boolean => unit.activeState === 'active' || unit.activeState === 'activating';
