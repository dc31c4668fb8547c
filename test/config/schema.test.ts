/** The JSON Schema as others use it: by a validator that is not ours (fastify's), and in the words that editors show. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fastify from 'fastify';
import t, { type Test } from 'tap';
import { parse } from 'yaml';
import { schema } from '../../src/cli/schema.ts';
import { jsonSchema } from '../../src/config/schema.ts';
import { problemsOf } from './stage.ts';

const top = resolve(import.meta.dirname, '../..');

/** Says whether the JSON Schema takes a text. */
function createValidator(t: Test): (text: string) => Promise<boolean> {
  const app = fastify({ ajv: { customOptions: { removeAdditional: false, coerceTypes: false, useDefaults: false } } });
  t.teardown(() => app.close());
  app.post('/', { schema: { body: jsonSchema() } }, async () => 'fine');
  return async (text) => {
    const { statusCode } = await app.inject({ method: 'POST', url: '/', payload: parse(text) ?? {} });
    return statusCode === 200;
  };
}

t.test('it takes what the daemon takes', async (t) => {
  const takes = createValidator(t);
  for (const name of ['nodemend.yaml', ...readdirSync(join(top, 'config/examples')).map((file) => `examples/${file}`)])
    t.ok(await takes(readFileSync(join(top, 'config', name), 'utf8')), name);
  t.ok(
    await takes('{components: {a: {unit: a.service, ladder: [kill, {exec: [/bin/x]}]}}, readyz: {failOpen: false}}'),
  );
});

t.test('it refuses what the daemon refuses', async (t) => {
  const takes = createValidator(t);
  for (const text of [
    'lissten: 0.0.0.0:1',
    'discover: "no"',
    'listen: 9745',
    'components: { Proxy: { unit: a.service } }',
    'components: { a: { preset: podman } }',
    'components: { a: { unit: haproxy } }',
    'components: { a: { unit: a.service, grace: 5 minutes } }',
    'components: { a: { unit: a.service, budget: { actions: 1.5 } } }',
    'components: { a: { unit: a.service, ladder: [shutdown] } }',
    'alerts: { a: { command: [/bin/x], severity: fatal } }',
    'alerts: { a: { mail: { server: "smtp://a", from: a, to: [b@c.d] } } }',
    'components: { a: { unit: a.service, probes: { p: { tcp: { port: 70000 } } } } }',
    'components: { a: { unit: a.service, probes: { p: { http: { url: "http://a/", method: POST } } } } }',
  ]) {
    t.not(problemsOf(text).length, 0, text);
    t.notOk(await takes(text), text);
  }
});

t.test('nodemend schema prints it, and every key says what it is for', async (t) => {
  let printed = '';
  const out = (text: string) => {
    printed += text;
  };
  t.equal(await schema({}, { out, err: out, isTerminal: false, columns: 80, color: false }), 0);
  const whole = JSON.parse(printed) as Node;
  t.equal(whole.$schema, 'http://json-schema.org/draft-07/schema#');
  t.same(silentKeys(whole, ''), []);
});

interface Node {
  readonly $schema?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly additionalProperties?: Node | boolean;
}

/** Keys that an editor could say nothing about; those below a kind of probe speak for themselves. */
function silentKeys({ properties = {}, additionalProperties }: Node, path: string): string[] {
  if (path.includes('probes/')) return [];
  const named = Object.entries(properties).flatMap(([key, node]) => [
    ...(node.description === undefined ? [`${path}${key}`] : []),
    ...silentKeys(node, `${path}${key}/`),
  ]);
  return typeof additionalProperties === 'object'
    ? [...named, ...silentKeys(additionalProperties, `${path}*/`)]
    : named;
}
