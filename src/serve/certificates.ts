/** The certificate that the server shows: read at the start and again when one of its files changed; one that cannot be used leaves the old in force. */
import { readFile, stat } from 'node:fs/promises';
import type { Server } from 'node:https';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import type { TlsFiles } from './protection.ts';

const usuallyEveryMs = 10_000;

export interface Certificates {
  /** Rejects with one clear sentence. */
  load(): Promise<void>;
  close(): void;
}

/** `refused` is told why new files are not taken, once for each reason. The files are looked at `everyMs`. */
export function createCertificates(
  server: Server,
  files: TlsFiles,
  refused: (sentence: string) => void,
  everyMs = usuallyEveryMs,
): Certificates {
  const names = [files.cert, files.key, ...(files.clientCa === undefined ? [] : [files.clientCa])];
  let seen = '';
  let told = '';
  let timer: NodeJS.Timeout | null = null;

  const stamp = async (): Promise<string> =>
    JSON.stringify(
      await Promise.all(
        names.map((name) =>
          stat(name).then(
            ({ mtimeMs, ino }) => [mtimeMs, ino],
            () => null,
          ),
        ),
      ),
    );

  async function take(): Promise<void> {
    const at = await stamp();
    if (at === seen) return;
    const [cert, key, ca] = await Promise.all(names.map(readOne));
    const options: SecureContextOptions = {
      ...{ cert, key },
      ...(ca === undefined ? {} : { ca }),
      minVersion: 'TLSv1.2',
    };
    try {
      createSecureContext(options);
    } catch (error) {
      throw new Error(
        `cannot use ${names.join(', ')} for TLS: ${(error as Error).message}; the key has to belong to the certificate`,
      );
    }
    server.setSecureContext(options);
    seen = at;
    told = '';
  }

  async function renew(): Promise<void> {
    await take().catch(({ message }: Error) => {
      if (message !== told) refused(`${message}; the certificate that was in force stays`);
      told = message;
    });
  }

  return {
    load: async () => {
      await take();
      timer ??= setInterval(() => void renew(), everyMs).unref();
    },
    close: () => {
      if (timer !== null) clearInterval(timer);
    },
  };
}

async function readOne(name: string): Promise<Buffer> {
  try {
    return await readFile(name);
  } catch (error) {
    throw new Error(`cannot read ${name}: ${(error as NodeJS.ErrnoException).code}; give tls files that root can read`);
  }
}
