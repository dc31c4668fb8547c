/** `nodemend history [COMPONENT] [--since 24h] [--incident ID]`: incidents with their actions, timeline and evidence. */
import type { IncidentRecord } from '../ports.ts';
import { readReply } from './answer.ts';
import { createClient } from './client.ts';
import { longId } from './incident-id.ts';
import { exitStatus, type Io } from './io.ts';
import { renderIncident, renderIncidents } from './show-incident.ts';

export interface HistoryOptions {
  readonly socket: string;
  readonly component?: string | undefined;
  /** A duration back from now, or an ISO time; a day when absent. */
  readonly since?: string | undefined;
  readonly incident?: string | undefined;
  readonly json?: boolean | undefined;
}

export async function history(options: HistoryOptions, io: Io): Promise<number> {
  const query = new URLSearchParams();
  if (options.component !== undefined) query.set('component', options.component);
  if (options.since !== undefined) query.set('since', options.since);
  if (options.incident !== undefined) query.set('id', longId(options.incident));
  const reply = await createClient(options.socket).get(`/api/v1/incidents?${query}`);
  const read = readReply<{ readonly incidents: readonly IncidentRecord[] }>(reply, isList, io);
  if (!read.ok) return read.status;
  const { incidents } = read.value;
  const [first] = incidents;
  if (options.incident !== undefined && first === undefined) {
    io.err(`there is no incident ${JSON.stringify(options.incident)}: nodemend history lists them\n`);
    return exitStatus.usage;
  }
  if (options.json === true)
    io.out(`${JSON.stringify(options.incident === undefined ? read.value : first, null, 2)}\n`);
  else
    io.out(
      options.incident === undefined || first === undefined
        ? renderIncidents(incidents, options, io)
        : renderIncident(first, io),
    );
  return exitStatus.fine;
}

function isList(value: object): value is { readonly incidents: readonly IncidentRecord[] } {
  return 'incidents' in value && Array.isArray(value.incidents);
}
