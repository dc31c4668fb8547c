/** One client and one access for each kubeconfig that is used, however many ask for it. */
import { type Access, AccessError } from './access.ts';
import { createKubernetesClient, type KubernetesClient } from './client.ts';
import { readAccess } from './read-access.ts';

export interface Accounts {
  client(kubeconfig: string): KubernetesClient;
  /** Read anew when it is older than 10 s; a sentence when it cannot be used. */
  access(kubeconfig: string): Promise<Access | string>;
  close(): void;
}

const freshMs = 10_000;

export function createAccounts(nowMs: () => number): Accounts {
  const clients = new Map<string, KubernetesClient>();
  const accesses = new Map<string, { readonly atMs: number; readonly access: Promise<Access | string> }>();

  function read(path: string): Promise<Access | string> {
    return readAccess({ kind: 'kubeconfig', path }, process.env).catch((error: unknown) => {
      if (error instanceof AccessError) return error.message;
      throw error;
    });
  }

  return {
    client: (path) => {
      const known = clients.get(path);
      if (known !== undefined) return known;
      const made = createKubernetesClient({ source: { kind: 'kubeconfig', path }, nowMs });
      clients.set(path, made);
      return made;
    },
    access: (path) => {
      const known = accesses.get(path);
      if (known !== undefined && nowMs() - known.atMs < freshMs) return known.access;
      const access = read(path);
      accesses.set(path, { atMs: nowMs(), access });
      return access;
    },
    close: () => {
      for (const client of clients.values()) client.close();
    },
  };
}
