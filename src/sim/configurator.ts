/** The daemon's own configurator over the virtual bus: a configuration that has no file. */
import { usualEtcd } from '../config/etcd-here.ts';
import type { Config } from '../config/schema.ts';
import { type Configurator, type ConfiguratorParts, createConfigurator } from '../configure.ts';
import type { Loop } from '../loop.ts';

export function configuratorOf(
  config: Config,
  { loop, ...rest }: Pick<ConfiguratorParts, 'bus' | 'emit' | 'wallMs'> & { readonly loop: () => Loop },
): Configurator {
  const supervised = () => new Set(Object.values(loop().state().components).map(({ policy }) => policy.unit));
  const first = { config, text: null, problems: '' };
  const nobody = (): void => undefined;
  const around = {
    directory: '',
    manifests: async () => new Set<string>(),
    etcdHere: async () => usualEtcd,
    warn: nobody,
    loaded: nobody,
  };
  return createConfigurator({ ...rest, ...around, first, file: null, supervised, identity: 'sim' });
}
