/** When the certificates end that lie on this node. */
import { X509Certificate } from 'node:crypto';
import type { CertificateView } from '../../core/etcd/view.ts';
import { readStart } from '../probe/read-file.ts';

const mostBytes = 1024 * 1024;

async function readCertificate(path: string): Promise<CertificateView> {
  try {
    const { validTo } = new X509Certificate(await readStart(path, mostBytes));
    return { path, endsWallMs: Date.parse(validTo), detail: '' };
  } catch (error) {
    return { path, endsWallMs: null, detail: error instanceof Error ? error.message : String(error) };
  }
}

export const readCertificates = (paths: readonly string[]): Promise<CertificateView[]> =>
  Promise.all([...new Set(paths)].map(readCertificate));
