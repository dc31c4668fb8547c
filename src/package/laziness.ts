/**
 * What the bundle loads only when it is used. Changes nothing in what the program does: a module that is wanted after all is there at the
 * first touch. Figures: resident memory and start of a process on Node 24.
 */
import { isBuiltin } from 'node:module';
import type { Plugin } from 'esbuild';

/**
 * Takes Node's own modules by require in place of import. An import reads every export of such a module, and with it what Node loads lazily:
 * `import 'node:http'` alone brings in fetch and its web standards, 13 MiB that nothing here uses.
 */
export const builtinsByRequire: Plugin = {
  name: 'builtins-by-require',
  setup(plugged) {
    plugged.onResolve({ filter: /^[a-z][a-z0-9_/:]*$/ }, ({ path, kind }) =>
      kind === 'import-statement' && isBuiltin(path) ? { path, namespace: 'builtin' } : null,
    );
    plugged.onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = require(${JSON.stringify(path)});`,
    }));
  },
};

/** What libraries load at their start for features that are not used here. */
const late: readonly string[] = [
  // @homebridge/dbus-native: introspection of a bus.
  'xml2js',
  // prom-client: exemplars.
  '@opentelemetry/api',
  // fastify: versions that plugins ask for.
  'semver',
  // pino: logging in a thread of its own.
  'thread-stream',
];

/** Stands for a module until it is touched: read from, called or constructed. */
const standIn = (path: string): string => `
let loaded;
const load = () => (loaded ??= require(${JSON.stringify(path)}));
module.exports = new Proxy(function () {}, {
  get: (_standIn, name) => load()[name],
  apply: (_standIn, self, words) => Reflect.apply(load(), self, words),
  construct: (_standIn, words) => Reflect.construct(load(), words),
});`;

export const loadedLate: Plugin = {
  name: 'loaded-late',
  setup(plugged) {
    plugged.onResolve({ filter: /^[@a-z]/ }, ({ path, kind, namespace, resolveDir }) =>
      kind === 'require-call' && namespace !== 'late' && late.includes(path)
        ? { path, namespace: 'late', pluginData: resolveDir }
        : null,
    );
    plugged.onLoad({ filter: /.*/, namespace: 'late' }, ({ path, pluginData }) => ({
      contents: standIn(path),
      resolveDir: pluginData as string,
    }));
  },
};
