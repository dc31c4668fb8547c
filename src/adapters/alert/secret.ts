/** Secrets are read from their files anew for each message, so that a renewed one is used at once, and are never kept, logged or shown. */
import { join } from 'node:path';
import type { SecretSource } from '../../ports.ts';
import { readStart } from '../probe/read-file.ts';

const mostBytes = 16_384;
const credential = /^credential:(.+)$/;

/** What went wrong before anything was sent; its message may be shown. */
export class CannotSend extends Error {}

function fileOf(source: SecretSource): string {
  const name = credential.exec(source)?.[1];
  if (name === undefined) return source;
  const folder = process.env['CREDENTIALS_DIRECTORY'];
  if (folder === undefined)
    throw new CannotSend(`systemd hands over no credentials: add LoadCredential=${name}:/path to nodemend.service`);
  return join(folder, name);
}

/** The text of a secret, or null where none is wanted. Rejects with CannotSend. */
export async function readSecret(what: string, source: SecretSource | null): Promise<string | null> {
  if (source === null) return null;
  const content = await readStart(fileOf(source), mostBytes).catch((error: NodeJS.ErrnoException) => {
    if (error instanceof CannotSend) throw error;
    throw new CannotSend(`cannot read the ${what} from ${source}: ${error.code ?? 'failed'}`);
  });
  const text = content.toString('utf8').trim();
  if (text === '') throw new CannotSend(`the ${what} in ${source} is empty`);
  return text;
}

/** The text without any of the secrets. */
export function conceal(text: string, secrets: readonly (string | null)[]): string {
  return secrets.reduce<string>((shown, secret) => (secret === null ? shown : shown.replaceAll(secret, '***')), text);
}
