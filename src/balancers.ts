/**
 * What load balancers are told beside HTTP: HAProxy by its agent-check, keepalived by its track file. They are told first when the daemon
 * is about to end, and are answered for as long as they take to notice.
 */
import { createTrackFile } from './adapters/track-file/track-file.ts';
import { durationMs } from './config/duration.ts';
import type { Config } from './config/schema.ts';
import { createListening } from './listening.ts';
import { createAgentCheck } from './serve/agent-check.ts';
import { trafficOf } from './serve/traffic.ts';
import type { ServeSource } from './serve/view.ts';

type Settings = Pick<Config, 'agentCheck' | 'trackFile' | 'readyz'>;

export interface Balancers {
  begin(): Promise<void>;
  /** To be called once the view says that the daemon is stopping; resolves when they have had time to notice. */
  end(): Promise<void>;
}

/** HAProxy asks every 2 s unless it is told otherwise. */
const usualDrain = '3s';

function drainMsOf({ agentCheck, trackFile, readyz }: Settings): number {
  const isTold = agentCheck !== undefined || trackFile !== undefined;
  return durationMs(readyz.drainFor ?? (isTold ? usualDrain : '0s'));
}

export function createBalancers(
  settings: Settings,
  source: Pick<ServeSource, 'view' | 'subscribe'>,
  refused: (message: string) => void,
): Balancers {
  const { agentCheck, trackFile } = settings;
  const drainMs = drainMsOf(settings);
  const check = createAgentCheck(source);
  const listening = createListening(
    async () => void (await check.listen(agentCheck?.listen ?? '')),
    () => false,
    refused,
  );
  const file = trackFile === undefined ? null : createTrackFile({ path: trackFile, refused });
  const tell = (): void => file?.write(trafficOf(source.view()) === 'up' ? 0 : 1);
  let unsubscribe = (): void => undefined;

  return {
    begin: async () => {
      if (agentCheck !== undefined) await listening.begin();
      unsubscribe = source.subscribe(tell);
      tell();
    },
    end: async () => {
      tell();
      if (drainMs > 0) await new Promise((resolve) => setTimeout(resolve, drainMs));
      unsubscribe();
      listening.stop();
      file?.close();
      await Promise.all([check.close(), file?.settled()]);
    },
  };
}
