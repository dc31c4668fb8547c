/** One listener for each election that answers as the leader-elector sidecar did; one whose port is taken costs the others nothing. */
import type { Config } from './config/schema.ts';
import { createListening } from './listening.ts';
import { defaultLimits } from './serve/limits.ts';
import { createSidecar } from './serve/sidecar.ts';
import type { ServeSource } from './serve/view.ts';

export interface Sidecars {
  begin(): Promise<void>;
  close(): Promise<void>;
}

export function createSidecars(
  elections: Config['elections'],
  source: ServeSource,
  refused: (message: string) => void,
): Sidecars {
  const all = Object.entries(elections).flatMap(([name, { listen }]) => {
    if (listen === undefined) return [];
    const sidecar = createSidecar(source, name, listen, defaultLimits);
    return [{ sidecar, listening: createListening(sidecar.listen, () => false, refused) }];
  });
  return {
    begin: async () => {
      for (const { listening } of all) await listening.begin();
    },
    close: async () => {
      for (const { listening } of all) listening.stop();
      await Promise.all(all.map(({ sidecar }) => sidecar.close()));
    },
  };
}
