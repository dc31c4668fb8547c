/** What several commands have alike. */
import { Option } from 'commander';

export const socketOption = (): Option =>
  new Option('--socket <path>', 'control socket of the daemon').default('/run/nodemend/nodemend.sock');
export const jsonOption = (): Option => new Option('--json', 'print JSON, for programs');
export const configOption = (): Option =>
  new Option('--config <file>', 'configuration (default: /etc/nodemend/nodemend.yaml, which may be missing)');

export interface Words {
  readonly socket: string;
  readonly json?: boolean;
}

/** Gets the exit status. */
export type Ended = (status: number) => void;
