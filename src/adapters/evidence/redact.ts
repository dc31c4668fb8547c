/** Takes what looks like a secret out of a text that is kept: evidence holds journals, and journals hold mistakes. */

/** How a name ends whose value is nobody's to read: DB_PASSWORD, apiKey, bootstrap-token, ... */
const names = 'passw(?:or)?d|passphrase|secret|token|credentials?|api[_-]?key|access[_-]?key|private[_-]?key|auth';

const secrets: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, '[redacted]'],
  // The rest of a header's line: the value has a scheme, and may have parameters.
  [/(\b(?:proxy-)?authorization\b[\\"']*\s*[:=]\s*)[^\n]+/gi, '$1[redacted]'],
  [/(\bbearer\s+)[A-Za-z0-9._~+/=-]{8,}/gi, '$1[redacted]'],
  // A value in quotes, which a log may have escaped, ends with the same quotes or with its line; any other at a space or a comma.
  [
    new RegExp(`((?:${names})[\\\\"']*\\s*[:=]\\s*)(?:(\\\\*["'])(?:(?!\\2)[^\\n])*(?:\\2|$)|[^\\s"',;\\\\]+)`, 'gim'),
    '$1[redacted]',
  ],
  [/(:\/\/)[^\s/@:"']*:[^\s/@"']+(?=@)/g, '$1[redacted]'],
  [/\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]*/g, '[redacted]'],
  // kubeadm's bootstrap tokens.
  [/\b[a-z0-9]{6}\.[a-z0-9]{16}\b/g, '[redacted]'],
];

export function redact(text: string): string {
  return secrets.reduce((kept, [secret, instead]) => kept.replace(secret, instead), text);
}
