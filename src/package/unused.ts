/**
 * What the bundle does not load because nothing here uses it. What is left out throws when it is touched after all. Figures: resident memory
 * of a process on Node 24.
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

/** What libraries load at their start, or carry along, for features that are not used here: 0.7 MiB of source, 4 MiB of memory. */
const leftOut: readonly string[] = [
  // fastify: schemas, of which no route has one; versions that plugins ask for; requests without a socket, for tests.
  '@fastify/ajv-compiler',
  '@fastify/fast-json-stringify-compiler',
  'semver',
  'light-my-request',
  // @homebridge/dbus-native: introspection of a bus.
  'xml2js',
  // prom-client: exemplars.
  '@opentelemetry/api',
  // pino: logging in a thread of its own.
  'thread-stream',
];

/** Stands for a module until it is touched. */
const standIn = (path: string): string => `
const touch = () => { throw new Error(${JSON.stringify(`${path} is left out of the bundle`)}); };
module.exports = new Proxy(touch, { get: touch, apply: touch, construct: touch });`;

export const withoutUnused: Plugin = {
  name: 'without-unused',
  setup(plugged) {
    plugged.onResolve({ filter: /^[@a-z]/ }, ({ path, kind }) =>
      kind === 'require-call' && leftOut.includes(path) ? { path, namespace: 'left-out' } : null,
    );
    plugged.onLoad({ filter: /.*/, namespace: 'left-out' }, ({ path }) => ({ contents: standIn(path) }));
  },
};
