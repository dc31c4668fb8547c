/** What is seen of real etcd clusters on loopback: well, without a member, without quorum, full, and with the wrong words in the configuration. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { type Access, createReach } from '../../src/adapters/etcd/access.ts';
import { observeCluster } from '../../src/adapters/etcd/observe.ts';
import { put } from '../../src/adapters/grpc/protos/etcd.ts';
import { createProber } from '../../src/adapters/probe/prober.ts';
import { judge } from '../../src/core/etcd/judge.ts';
import { keepsQuorumWithout } from '../../src/core/etcd/quorum.ts';
import { record } from '../cli/recorder.ts';
import { createEtcd, tlsFile } from './harness/etcd.ts';
import { skipWithoutLab } from './harness/lab-test.ts';

const reach = createReach();
const look = (access: Access, timeoutMs = 5_000) =>
  observeCluster(access, [], { reach, timeoutMs, wallMs: () => Date.now() });
/** On a busy machine without its own disk the disk is slow at times; and all members are on one host. */
const found = async (access: Access, timeoutMs?: number): Promise<string[]> =>
  judge(await look(access, timeoutMs), null)
    .map(({ reason, member }) => (member === null ? reason : `${member} ${reason}`))
    .filter((line) => !/shared-host|slow-disk/.test(line));

t.test(
  'three members with TLS: well, one frozen, two frozen',
  { timeout: 300_000, skip: skipWithoutLab() },
  async (t) => {
    const { members, access, ready } = await createEtcd(t, { count: 3, tls: true });
    const [first, second, third] = members;
    const well = await look({ ...access, endpoints: [first.endpoint] });
    t.equal(well.members.length, 3, 'one endpoint leads to all members');
    t.match(well.members.map(({ name }) => name).toSorted(), ['m1', 'm2', 'm3']);
    for (const { status, figures, certificateEndsWallMs } of well.members) {
      t.match(status, { version: /^3\.5\./, errors: [] });
      t.ok((figures?.fsync.at(-1)?.count ?? 0) > 0, 'its /metrics were read with the same certificates');
      t.equal(certificateEndsWallMs, Date.parse('2120-01-01T00:00:00Z'), 'and the certificate it showed');
    }
    t.same(await found(access), []);

    const prober = createProber({
      clock: { nowMs: () => performance.now(), wallMs: () => Date.now() },
      mainPid: () => 0,
    });
    t.teardown(() => prober.close());
    const { ca, cert, key } = access;
    const lookAt = (kind: 'serves' | 'others') => {
      const target = { kind: 'etcd', url: third?.endpoint ?? '', ca, cert, key, look: kind } as const;
      return prober.look(`etcd/${kind}`, target, 'etcd.service', kind === 'serves' ? 1_000 : 20_000);
    };
    t.match(await lookAt('others'), { reason: 'probe.failed' }, 'before it has answered once nothing is known');
    t.match(await lookAt('serves'), { reason: 'probe.ok', detail: 'one of 3 members' });
    t.match(await lookAt('others'), { reason: 'probe.ok', detail: /^it answers at https:/ });

    third?.signal('SIGSTOP');
    t.match(await lookAt('serves'), { reason: 'probe.timeout' });
    t.match(await lookAt('others'), { reason: 'probe.dispensable' });
    const without = await look(access, 1_000);
    t.match(await found(access, 1_000), ['m3 etcd.unreachable', 'etcd.no-margin']);
    const idOf = (name: string): string => without.members.find((member) => member.name === name)?.id ?? '';
    t.ok(keepsQuorumWithout(without, idOf('m3')), 'the one that is away may be restarted');
    t.notOk(keepsQuorumWithout(without, idOf('m1')), 'and no other');

    second?.signal('SIGSTOP');
    t.match((await found(access, 1_000)).slice(0, 1), ['etcd.quorum-lost']);
    t.match(await lookAt('others'), { reason: 'probe.no-quorum' });
    second?.signal('SIGCONT');
    third?.signal('SIGCONT');
    await ready(...members);
  },
);

t.test(
  'a full database raises an alarm that is seen on every member',
  { timeout: 300_000, skip: skipWithoutLab() },
  async (t) => {
    const { members, access } = await createEtcd(t, { flags: ['--quota-backend-bytes=2000000'] });
    const value = Buffer.alloc(1_000_000, 'x');
    const fill = async (): Promise<void> => {
      for (let round = 0; round < 10; round += 1)
        await reach(members[0].endpoint, access, 20_000, (remote, signal) =>
          remote.call(put, { key: Buffer.from(`k${round}`), value, lease: '0' }, signal),
        );
    };
    await t.rejects(fill(), { message: /database space exceeded/ });
    t.match(await found(access), ['m1 etcd.no-space']);
    const prober = createProber({
      clock: { nowMs: () => performance.now(), wallMs: () => Date.now() },
      mainPid: () => 0,
    });
    t.teardown(() => prober.close());
    const target = { kind: 'etcd', url: members[0].endpoint, ca: null, cert: null, key: null } as const;
    const lookAt = (kind: 'health' | 'serves') =>
      prober.look(`etcd/${kind}`, { ...target, look: kind }, 'etcd.service', 5_000);
    t.match(await lookAt('health'), { verdict: 'unhealthy', detail: /NOSPACE/ });
    t.match(await lookAt('serves'), { verdict: 'healthy' }, 'and it serves all the same');
  },
);

t.test(
  'wrong words in the configuration: one clear sentence',
  { timeout: 300_000, skip: skipWithoutLab() },
  async (t) => {
    const one = await createEtcd(t, { tls: true });
    const other = await createEtcd(t);
    const { endpoint } = one.members[0];

    const status = async (etcd: Partial<Access>) => {
      const file = join(one.folder, 'nodemend.yaml');
      const words = Object.fromEntries(
        Object.entries({ ...one.access, ...etcd }).filter(([, value]) => value !== null),
      );
      writeFileSync(file, JSON.stringify({ etcd: words }));
      const io = record();
      const { etcdStatusHere } = await import('../../src/etcd-commands.ts');
      return { status: await etcdStatusHere({ config: file }, io), text: io.said.out.replaceAll(/\s+/g, ' ') };
    };

    t.match(await status({}), { status: 0, text: /1 of 1 voters take part/ });
    const missing = await status({ ca: '/nowhere/ca.pem' });
    t.match(missing, { status: 1, text: /etcd\.tls: .*cannot read the CA file \/nowhere\/ca\.pem/ });
    t.match(await status({ ca: tlsFile('other-ca.pem') }), { status: 1, text: /etcd\.tls: .*certificate/ });
    t.match(await status({ cert: tlsFile('expired.pem'), key: tlsFile('server.key') }), {
      status: 1,
      text: /etcd\.certificate-expired: .*the certificate in \S+expired\.pem ended/,
    });
    t.match(await status({ cert: null, key: null }), { status: 1, text: /etcd\.tls/ });
    t.match(await status({ endpoints: [endpoint, other.members[0].endpoint] }), {
      status: 1,
      text: /etcd\.two-clusters: .*http\S+ belongs to cluster [0-9a-f]+/,
    });
    t.match(await status({ endpoints: [endpoint.replace('https', 'http')] }), {
      status: 1,
      text: /no etcd member answers/,
    });
  },
);
