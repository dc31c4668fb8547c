/** Which components one waits for. */
import { presets } from './presets.ts';
import type { ComponentConfig } from './schema.ts';

type Components = Readonly<Record<string, ComponentConfig>>;

/**
 * As written, or as its preset has it. The name of a preset stands for every component that has it, so that the kubelet waits for a containerd under
 * whatever name it is supervised. Fewer components never lead to more dependencies, so what has no circle gets none by leaving some out.
 */
export function dependenciesOf(name: string, components: Components): string[] {
  const own = components[name];
  const preset = own?.preset === undefined ? undefined : presets[own.preset];
  const meant = (other: string): string[] =>
    Object.keys(components).filter((candidate) => {
      if (candidate === name) return own?.after !== undefined && candidate === other;
      return candidate === other || components[candidate]?.preset === other;
    });
  return [...new Set((own?.after ?? preset?.after ?? []).flatMap(meant))];
}
