/** A line of the log as the journal's native form has it: a field for each of its values. Pure. */

/** The priorities of syslog for pino's levels: error, warning, info. */
const priorities: Readonly<Record<number, string>> = { 50: '3', 40: '4', 30: '6' };

/** Of one value; an entry is one datagram, of which the kernel takes 200 KiB. */
const mostValueCharacters = 8_192;
/** The journal's own limit, see systemd.journal-fields(7). */
const mostNameCharacters = 64;

/** `durationMs` is DURATION_MS. Names that begin with an underscore are the journal's own. */
function fieldName(key: string): string {
  const words = key.replace(/([a-z\d])([A-Z])/g, '$1_$2').toUpperCase();
  return words
    .replace(/[^A-Z\d]+/g, '_')
    .replace(/^[_\d]+/, '')
    .slice(0, mostNameCharacters);
}

function field(name: string, value: string): Buffer {
  const bytes = Buffer.from(value.slice(0, mostValueCharacters));
  if (!bytes.includes('\n')) return Buffer.concat([Buffer.from(`${name}=`), bytes, Buffer.from('\n')]);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(bytes.length));
  return Buffer.concat([Buffer.from(`${name}\n`), length, bytes, Buffer.from('\n')]);
}

/** `line`: an object in JSON with pino's level, time and msg. The time is left out, the journal has its own. */
export function journalEntry(line: string): Buffer {
  const { level, time, msg, ...values } = JSON.parse(line) as Record<string, unknown>;
  const fields = Object.entries(values)
    .filter(([, value]) => value !== null)
    .map(([key, value]) => field(fieldName(key), typeof value === 'string' ? value : JSON.stringify(value)));
  return Buffer.concat([
    field('MESSAGE', String(msg)),
    field('PRIORITY', priorities[Number(level)] ?? '6'),
    field('SYSLOG_IDENTIFIER', 'nodemend'),
    ...fields,
  ]);
}
