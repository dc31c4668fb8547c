import fc from 'fast-check';
import t from 'tap';
import type { Action } from '../../../src/core/action.ts';
import type { ApiServersPolicy } from '../../../src/core/apiservers/policy.ts';
import { noApiServers, type ServerSeen, type ServerState } from '../../../src/core/apiservers/state.ts';
import { stepApiServers } from '../../../src/core/apiservers/step.ts';
import type { Event } from '../../../src/core/event.ts';
import type { Reason } from '../../../src/core/reason.ts';

const A = 'https://10.0.0.1:6443';
const B = 'https://10.0.0.2:6443';
const C = 'https://10.0.0.3:6443';

const policy = (changes: Partial<ApiServersPolicy> = {}): ApiServersPolicy => ({
  urls: [A, B, C],
  find: false,
  kubeconfig: null,
  ca: null,
  insecure: false,
  everyMs: 5_000,
  timeoutMs: 5_000,
  rise: 2,
  fall: 3,
  ...changes,
});

const reasons: Readonly<Record<ServerState, Reason>> = {
  ready: 'apiserver.ready',
  impaired: 'apiserver.impaired',
  failing: 'apiserver.failing',
  unreachable: 'apiserver.unreachable',
  unknown: 'apiserver.unknown',
};

const seen = (state: ServerState, changes: Partial<ServerSeen> = {}): ServerSeen => ({
  state,
  reason: reasons[state],
  detail: '',
  stopping: false,
  live: true,
  startedAtMs: 0,
  ...changes,
});

/** Servers that are looked at in turn: each round every server says how it is. */
function createChecks(first: ApiServersPolicy = policy()) {
  let apiservers = noApiServers;
  let nowMs = 0;
  const told: string[] = [];
  const actions: Action[] = [];
  function step(event: Event): void {
    const stepped = stepApiServers(apiservers, event, nowMs);
    apiservers = stepped.apiservers;
    actions.push(...stepped.actions);
    for (const transition of stepped.transitions)
      if (transition.type === 'apiserver.rotation')
        told.push(`${transition.rotates ? 'in' : 'out'} ${transition.server} ${transition.reason}`);
  }
  step({ type: 'apiservers.loaded', policy: first });
  return {
    told,
    actions,
    step,
    state: () => apiservers,
    pass: (spanMs: number) => {
      nowMs += spanMs;
    },
    round: (states: Readonly<Record<string, ServerState | ServerSeen>>, times = 1) => {
      for (let one = 0; one < times; one += 1) {
        nowMs += 5_000;
        for (const [url, state] of Object.entries(states))
          step({ type: 'apiserver.observed', url, seen: typeof state === 'string' ? seen(state) : state });
      }
    },
    inRotation: () =>
      Object.values(apiservers.byUrl)
        .filter(({ rotates }) => rotates)
        .map(({ url }) => url),
  };
}

t.test('before anybody has looked all take part, and the first look decides at once', async (t) => {
  const checks = createChecks();
  t.same(checks.inRotation(), [A, B, C]);
  checks.round({ [A]: 'ready', [B]: 'unreachable', [C]: 'ready' });
  t.same(checks.inRotation(), [A, C]);
  t.same(checks.told, [`out ${B} apiserver.unreachable`]);
});

t.test('three bad looks in a row take a server out, two good ones bring it back', async (t) => {
  const checks = createChecks();
  checks.round({ [A]: 'ready', [B]: 'ready', [C]: 'ready' });
  checks.round({ [A]: 'failing' }, 2);
  checks.round({ [A]: 'ready' });
  checks.round({ [A]: 'failing' }, 2);
  t.same(checks.inRotation(), [A, B, C], 'a good look between begins the count anew');
  checks.round({ [A]: 'failing' });
  t.same(checks.inRotation(), [B, C]);
  checks.round({ [A]: 'ready' });
  t.same(checks.inRotation(), [B, C]);
  checks.round({ [A]: 'ready' });
  t.same(checks.inRotation(), [A, B, C]);
});

t.test('one that says that it is about to end is out at once', async (t) => {
  const checks = createChecks();
  checks.round({ [A]: 'ready', [B]: 'ready', [C]: 'ready' });
  checks.round({ [A]: seen('failing', { stopping: true, reason: 'apiserver.stopping' }) });
  t.same(checks.inRotation(), [B, C]);
  t.same(checks.told, [`out ${A} apiserver.stopping`]);
});

t.test('etcd is no reason to drop all: where every server is held up by it, all stay', async (t) => {
  const checks = createChecks();
  checks.round({ [A]: 'ready', [B]: 'ready', [C]: 'ready' });
  checks.round({ [A]: 'impaired', [B]: 'impaired', [C]: 'impaired' }, 20);
  t.same(checks.inRotation(), [A, B, C]);
  t.equal(checks.state().byUrl[A]?.reason, 'apiserver.kept');
  checks.round({ [B]: 'ready' }, 2);
  t.same(checks.inRotation(), [B], 'one that reaches its etcd is better than those that do not');
});

t.test('where none is ready those stay that are least at fault', async (t) => {
  const checks = createChecks();
  checks.round({ [A]: 'unreachable', [B]: 'failing', [C]: 'impaired' });
  t.same(checks.inRotation(), [C]);
  checks.round({ [C]: 'failing' }, 3);
  t.same(checks.inRotation(), [B, C]);
  checks.round({ [B]: 'unreachable', [C]: 'unreachable' }, 3);
  t.same(checks.inRotation(), [A, B, C]);
});

t.test('one that cannot be looked at stays as it was (S4)', async (t) => {
  const checks = createChecks();
  checks.round({ [A]: 'ready', [B]: 'unreachable', [C]: 'unknown' });
  t.same(checks.inRotation(), [A, C]);
  checks.round({ [A]: 'unknown', [B]: 'unknown' }, 20);
  t.same(checks.inRotation(), [A, C]);
});

t.test('whatever they say, at least one is in rotation', async (t) => {
  const runs = 200;
  const states = fc.constantFrom<ServerState>('ready', 'impaired', 'failing', 'unreachable', 'unknown');
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom(A, B, C), states, fc.boolean()), { maxLength: 60 }), (looks) => {
      const checks = createChecks();
      for (const [url, state, stopping] of looks) {
        checks.round({ [url]: seen(state, { stopping }) });
        const servers = Object.values(checks.state().byUrl);
        if (!servers.some(({ rotates }) => rotates)) throw new Error('none is in rotation');
        const good = servers.filter(({ state: now }) => now === 'ready');
        if (good.some(({ rotates }) => !rotates)) throw new Error('a ready one is not in rotation');
      }
    }),
    { numRuns: runs },
  );
  t.pass(`${runs} stories`);
});

t.test('servers that the API names come and go, those of the file stay', async (t) => {
  const checks = createChecks(policy({ urls: [A], find: true, kubeconfig: '/etc/kubernetes/admin.conf' }));
  t.same(
    checks.actions.map(({ type }) => type),
    ['apiserver.look', 'apiservers.find'],
  );
  checks.step({ type: 'apiservers.found', urls: [B, C, A] });
  t.same(Object.keys(checks.state().byUrl), [A, B, C]);
  checks.round({ [A]: 'ready', [B]: 'ready', [C]: 'unreachable' });
  checks.step({ type: 'apiservers.found', urls: null });
  t.same(Object.keys(checks.state().byUrl), [A, B, C], 'an API that does not tell changes nothing');
  checks.step({ type: 'apiservers.found', urls: [B] });
  t.same(Object.keys(checks.state().byUrl), [A, B]);
  t.equal(checks.state().byUrl[B]?.state, 'ready', 'who is named again goes on as it was');
});

t.test('after a gap in time looks are not in a row any more (S13)', async (t) => {
  const checks = createChecks();
  checks.round({ [A]: 'ready', [B]: 'ready', [C]: 'ready' });
  checks.round({ [A]: 'failing' }, 2);
  checks.pass(60_000);
  checks.step({ type: 'tick' });
  checks.round({ [A]: 'failing' }, 2);
  t.same(checks.inRotation(), [A, B, C]);
});

t.test('without a policy nothing is looked at', async (t) => {
  const checks = createChecks();
  checks.step({ type: 'apiservers.loaded', policy: null });
  t.same(checks.state(), noApiServers);
  const before = checks.actions.length;
  checks.step({ type: 'tick' });
  t.equal(checks.actions.length, before);
});
