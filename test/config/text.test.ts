import { deepStrictEqual } from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { parseConfig } from '../../src/config/load.ts';
import type { PresetName } from '../../src/config/presets.ts';
import { resolvePolicy } from '../../src/config/resolve.ts';
import type { Config } from '../../src/config/schema.ts';
import { writeConfig } from '../../src/config/text.ts';
import { configOf } from './stage.ts';

const runs = process.env['NODEMEND_LONG'] === '1' ? 10_000 : 100;

const presetNames = ['containerd', 'docker', 'crio', 'kubelet', 'kube-proxy', 'etcd'] as const;

const span = (most: number) => fc.integer({ min: 1, max: most }).map((seconds) => `${seconds}s`);
const path = fc.stringMatching(/^\/[ -~]{0,40}$/);
const word = fc.string({ maxLength: 30, unit: 'grapheme' });
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });

const looksAt = fc.oneof(
  fc.record({
    http: fc.record(
      {
        url: fc.constantFrom('http://127.0.0.1:8404/health', 'https://[::1]/?a=b#c'),
        socket: path,
        expect: fc.oneof(fc.integer({ min: 100, max: 599 }), fc.array(fc.constantFrom(200, 204), { minLength: 1 })),
        ca: path,
        insecure: fc.boolean(),
      },
      { requiredKeys: ['url'] },
    ),
  }),
  fc.record({
    tcp: fc.record({ host: fc.constantFrom('127.0.0.1', '::1', 'a.example'), port: fc.nat(65_534).map((n) => n + 1) }),
  }),
  fc.record({ exec: fc.tuple(path, word, word) }),
  fc.record({ cri: fc.record({ socket: path, look: fc.constantFrom('version', 'status') }) }),
  fc.record({ containerd: fc.record({ look: fc.constantFrom('version', 'metadata', 'shims') }) }),
  fc.record({ docker: fc.record({ socket: path, look: fc.constantFrom('ping', 'version', 'inspect') }) }),
  fc.record({
    etcd: fc.record({ url: fc.constant('https://e/health'), ca: path, cert: path }, { requiredKeys: ['url'] }),
  }),
  fc.record({ unit: fc.constant({}) }),
);

const probe = fc.tuple(looksAt, fc.constantFrom('vote', 'report'), span(60)).map(([place, role, every]) => ({
  ...place,
  role,
  every,
  timeout: '1s',
}));

const component = (index: number) =>
  fc.record({
    preset: optional(fc.constantFrom(...presetNames)),
    unit: fc.constant(`unit-${index}\\x2d@.service`),
    critical: fc.boolean(),
    probes: fc.dictionary(fc.constantFrom('version', 'ping', 'mine', 'yes', 'null'), probe),
    hang: fc.record({ failures: fc.constant(2), of: fc.integer({ min: 2, max: 9 }), for: span(900) }),
    grace: span(86_400),
    ladder: fc.subarray(['restart', 'kill', { exec: ['/bin/x', '#', ': '], timeout: '1500ms' }, 'reboot'] as const),
    budget: fc.record({ actions: fc.nat(1_000), per: span(2_592_000) }),
    backoff: fc.record({
      first: fc.constant('0s'),
      factor: fc.double({ min: 1, max: 100, noNaN: true }),
      max: span(900),
      jitter: fc.double({ min: 0, max: 0.9, noNaN: true }),
    }),
  });

const file = fc.record({
  node: fc.string({ minLength: 1, maxLength: 40, unit: 'grapheme' }),
  listen: fc.constantFrom('[::]:9745', ':1', '127.0.0.1:65535'),
  discover: fc.boolean(),
  readyz: fc.record({ downAfter: span(900), failOpen: fc.boolean(), drainFor: optional(span(10)) }),
  agentCheck: optional(fc.record({ listen: fc.constant('127.0.0.1:9746') }, { requiredKeys: [] })),
  trackFile: optional(path),
  tls: fc.record({ cert: fc.constant('/c.pem'), key: fc.constant('/k.pem') }),
  bearerTokenFile: fc.constant('/etc/nodemend/token'),
  components: fc
    .tuple(component(0), component(1))
    .map(([first, second]) => ({ first, 'second-1': { ...second, after: ['first'] } })),
});

t.test('a policy that is written as a file loads back to the same policy', async (t) => {
  fc.assert(
    fc.property(file, fc.subarray([...presetNames]), (given, found: PresetName[]) => {
      // As JSON, which is YAML: so that the file under test is not written by what is being tested.
      const parsed = parseConfig(JSON.stringify(given), 'F');
      fc.pre(parsed.ok);
      const policy = resolvePolicy(parsed.config, found);
      const again = configOf(writeConfig(parsed.config, policy));
      deepStrictEqual(resolvePolicy(again, []), policy);
      // What is no policy; durations in it are kept as they were written.
      const around = ({ node: _node, readyz, components: _components, ...others }: Config) => ({
        ...others,
        drainFor: readyz.drainFor,
      });
      deepStrictEqual(around(again), around(parsed.config));
    }),
    { numRuns: runs },
  );
  t.pass(`${runs} files`);
});

t.test('what is written reads like a file that a person would write', async (t) => {
  const config = configOf('{node: n1, components: {edge: {unit: e.service, probes: {p: {tcp: {port: 80}}}}}}');
  t.equal(
    writeConfig(config, resolvePolicy(config, [])),
    `node: n1
listen: 0.0.0.0:9745
socket: /run/nodemend/nodemend.sock
discover: true
readyz:
  downAfter: 1s
  upAfter: 5s
  staleAfter: 1m
  failOpen: true
components:
  edge:
    unit: e.service
    critical: false
    after: []
    probes:
      p:
        tcp:
          host: 127.0.0.1
          port: 80
        role: vote
        every: 5s
        timeout: 3s
    hang:
      failures: 3
      of: 5
      for: 15s
    grace: 30s
    ladder:
      - restart
      - kill
    budget:
      actions: 3
      per: 15m
    backoff:
      first: 1s
      factor: 2
      max: 5m
      jitter: 0.2
`,
  );
});
