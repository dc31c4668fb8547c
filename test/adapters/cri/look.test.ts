import { join } from 'node:path';
import t, { type Test } from 'tap';
import { createCriLook, judgeConditions } from '../../../src/adapters/cri/look.ts';
import { createGrpcClients } from '../../../src/adapters/grpc/client.ts';
import { type Answering, createContainerdStandIn, methods } from '../grpc/stand-in.ts';
import { lookOnce, makeFolder } from '../probe/stage.ts';

async function stage(t: Test, instead: Readonly<Record<string, Answering | null>> = {}) {
  const socket = join(makeFolder(t), 'cri.sock');
  const standIn = await createContainerdStandIn(t, socket, instead);
  const clients = createGrpcClients();
  t.teardown(clients.close);
  const look = createCriLook(clients);
  const lookAt = (what: 'version' | 'status') =>
    lookOnce((context) => look({ kind: 'cri', socket, look: what }, context));
  return { standIn, lookAt };
}

t.test('recorded replies of a containerd', async (t) => {
  const { lookAt, standIn } = await stage(t);
  t.match(await lookAt('version'), { verdict: 'healthy', reason: 'probe.ok', detail: 'containerd 1.7.24~ds1' });
  t.match(await lookAt('status'), {
    verdict: 'healthy',
    reason: 'probe.ok',
    detail:
      'RuntimeReady; NetworkReady is false, NetworkPluginNotReady: Network plugin returns error: cni plugin not initialized',
  });
  t.match(standIn.asked, [{ path: methods.criVersion, request: { version: 'v1' } }, { path: methods.criStatus }]);
});

t.test('replies that say nothing', async (t) => {
  const nothing = (): Buffer => Buffer.alloc(0);
  const { lookAt } = await stage(t, { [methods.criVersion]: nothing, [methods.criStatus]: nothing });
  t.match(await lookAt('version'), { verdict: 'unhealthy', reason: 'probe.bad-reply' });
  t.match(await lookAt('status'), { verdict: 'unhealthy', reason: 'probe.bad-reply' });
});

t.test('a runtime that is still starting, and one without the interface', async (t) => {
  const starting = () => ({ code: 14, details: 'server is not initialized yet' });
  const early = await stage(t, { [methods.criVersion]: starting, [methods.criStatus]: starting });
  const without = await stage(t, { [methods.criVersion]: null, [methods.criStatus]: null });
  for (const what of ['version', 'status'] as const) {
    t.match(await early.lookAt(what), { verdict: 'unknown', reason: 'probe.initializing' });
    t.match(await without.lookAt(what), { verdict: 'unknown', reason: 'probe.unsupported' });
  }
});

const condition = (type: string, status: boolean, reason = '', message = '') => ({ type, status, reason, message });

t.test('the runtime decides, the network is told, others do not matter', async (t) => {
  const ready = condition('RuntimeReady', true);
  t.match(judgeConditions([ready, condition('NetworkReady', true)]), { verdict: 'healthy', detail: 'RuntimeReady' });
  t.match(judgeConditions([ready]), { verdict: 'healthy', detail: 'RuntimeReady' });
  t.match(judgeConditions([ready, condition('SomethingElse', false)]), { verdict: 'healthy', detail: 'RuntimeReady' });
  t.match(judgeConditions([ready, condition('NetworkReady', false)]), {
    verdict: 'healthy',
    detail: 'RuntimeReady; NetworkReady is false',
  });
  t.match(judgeConditions([condition('RuntimeReady', false, 'Dead', 'it is'), condition('NetworkReady', true)]), {
    verdict: 'unhealthy',
    reason: 'probe.not-ready',
    detail: 'RuntimeReady is false, Dead: it is',
  });
  t.match(judgeConditions([condition('NetworkReady', true)]), { verdict: 'unhealthy', reason: 'probe.bad-reply' });
});
