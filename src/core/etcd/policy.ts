/** What the configuration asks for around etcd, after presets and defaults: plain data, durations in milliseconds. */
import type { Place } from './work/scene.ts';

export interface EtcdPolicy {
  /** Client URLs, at least one; the member on this node first. */
  readonly endpoints: readonly string[];
  readonly ca: string | null;
  readonly cert: string | null;
  readonly key: string | null;
  /** Further certificates on this node whose end is told in time. */
  readonly certificates: readonly string[];
  readonly everyMs: number;
  readonly timeoutMs: number;
  readonly canaryEveryMs: number;
  readonly compareEveryMs: number;
  /** The service that runs the member on this node. */
  readonly unit: string;
  /** Whom the cluster is to be of; empty where the configuration does not say. */
  readonly places: readonly Place[];
  /** What is done about a dead member: nothing, told how to replace it, or replaced. */
  readonly repair: 'observe' | 'propose' | 'act';
  /** Silent for so long, a member is dead. */
  readonly deadAfterMs: number;
}

export interface Retention {
  readonly hourly: number;
  readonly daily: number;
  readonly weekly: number;
}

export interface BackupPolicy {
  readonly directory: string;
  /** Cron of five fields, in local time; null for none. */
  readonly schedule: string | null;
  readonly keep: Retention;
  readonly bytesPerSecond: number;
  /** A command that gets the file's path as its last word; empty for none. */
  readonly copy: readonly string[];
  readonly verify: {
    readonly schedule: string | null;
    /** Names searched on PATH, or absolute paths. */
    readonly etcd: string;
    readonly etcdutl: string;
  };
}
