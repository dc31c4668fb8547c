/** Reads the journal's native form, independently of what writes it: systemd's JOURNAL_NATIVE_PROTOCOL. */
export function parseEntries(bytes: Buffer): readonly (readonly [name: string, value: string])[] {
  const fields: [string, string][] = [];
  let at = 0;
  while (at < bytes.length) {
    const end = bytes.indexOf('\n', at);
    const line = bytes.toString('utf8', at, end);
    const equals = line.indexOf('=');
    at = end + 1;
    if (equals >= 0) {
      fields.push([line.slice(0, equals), line.slice(equals + 1)]);
    } else {
      const length = Number(bytes.readBigUInt64LE(at));
      fields.push([line, bytes.toString('utf8', at + 8, at + 8 + length)]);
      if (bytes[at + 8 + length] !== 10) throw new Error(`no newline after ${line}`);
      at += 8 + length + 1;
    }
  }
  return fields;
}
