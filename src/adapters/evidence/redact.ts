/** Takes what looks like a secret out of a text that is kept: evidence holds journals, and journals hold mistakes. */
const secrets: readonly RegExp[] = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  /(?<=\b(?:authorization|proxy-authorization)["']?\s*[:=]\s*["']?)(?:bearer|basic)?\s*[^\s"',]+/gi,
  /(?<=\bbearer\s+)[A-Za-z0-9._~+/=-]{8,}/gi,
  /(?<=\b(?:password|passwd|token|secret|api[_-]?key)["']?\s*[:=]\s*["']?)[^\s"',;]+/gi,
  /\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]*/g,
];

export function redact(text: string): string {
  return secrets.reduce((kept, secret) => kept.replace(secret, '[redacted]'), text);
}
