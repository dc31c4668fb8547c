/**
 * Resolves names before anything is connected, so that a name service that does not answer is told from a server that does not. It takes one
 * of Node's threads, and goes on when the look is given up: the look waits for it, and so keeps its lane.
 */
import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import { finding } from './finding.ts';
import type { LookContext } from './look.ts';

export type ResolveName = (name: string) => Promise<LookupAddress[]>;

const resolveName: ResolveName = (name) => lookup(name, { all: true });

/** To be given to a connect to `host`. Rejects with the resolver's error. */
export async function findAddresses(
  host: string,
  { signal, tell }: Pick<LookContext, 'signal' | 'tell'>,
  resolve: ResolveName = resolveName,
): Promise<LookupFunction> {
  // A URL has brackets around an address of IPv6. Addresses are never looked up.
  if (isIP(host.replace(/^\[(.*)\]$/, '$1')) !== 0) return (_name, _options, done) => done(null, host);
  const giveUp = (): void => tell(finding('probe.no-address', `the name ${host} was not resolved in time`));
  signal.addEventListener('abort', giveUp);
  const addresses = await resolve(host).finally(() => signal.removeEventListener('abort', giveUp));
  const [first] = addresses;
  return (_name, options, done) => {
    if (options.all === true) done(null, addresses);
    else done(null, first?.address ?? '', first?.family ?? 4);
  };
}
