import t from 'tap';
import { isCron } from '../../src/config/cron.ts';
import { flagsOfEnvironment, flagsOfManifest, readFlags } from '../../src/config/etcd-here.ts';
import { parseConfig } from '../../src/config/load.ts';
import { resolveBackup, resolveEtcd } from '../../src/config/resolve-etcd.ts';

const manifest = `apiVersion: v1
kind: Pod
spec:
  containers:
  - command:
    - etcd
    - --cert-file=/etc/kubernetes/pki/etcd/server.crt
    - --key-file=/etc/kubernetes/pki/etcd/server.key
    - --listen-client-urls=https://127.0.0.1:2379,https://10.0.0.7:2379
    - --peer-cert-file=/etc/kubernetes/pki/etcd/peer.crt
    - --trusted-ca-file=/etc/kubernetes/pki/etcd/ca.crt
`;

t.test('the manifest of kubeadm tells how its member is reached', async (t) => {
  t.same(readFlags(flagsOfManifest(manifest), true), {
    endpoints: ['https://127.0.0.1:2379'],
    ca: '/etc/kubernetes/pki/etcd/ca.crt',
    cert: '/etc/kubernetes/pki/etcd/healthcheck-client.crt',
    key: '/etc/kubernetes/pki/etcd/healthcheck-client.key',
    certificates: ['/etc/kubernetes/pki/etcd/server.crt', '/etc/kubernetes/pki/etcd/peer.crt'],
  });
  t.match(readFlags(flagsOfManifest(manifest), false), { cert: '/etc/kubernetes/pki/etcd/server.crt' });
  for (const text of ['', 'a: [', '[]', 'spec: {containers: 7}', 'spec: {containers: [null, {command: [1]}]}'])
    t.match(readFlags(flagsOfManifest(text), false), { endpoints: ['http://127.0.0.1:2379'], cert: null }, text);
});

t.test('the environment file of the service tells it too', async (t) => {
  const text = '# ETCD_CERT_FILE="/no"\nETCD_LISTEN_CLIENT_URLS="http://0.0.0.0:2479"\nETCD_NAME=a\n';
  t.match(readFlags(flagsOfEnvironment(text), false), { endpoints: ['http://127.0.0.1:2479'], ca: null });
  t.match(
    readFlags(flagsOfEnvironment("ETCD_LISTEN_CLIENT_URLS='https://10.1.2.3:2379'\nETCD_TRUSTED_CA_FILE=/ca"), false),
    {
      endpoints: ['https://10.1.2.3:2379'],
      ca: '/ca',
    },
  );
});

t.test('what the file says goes before what was found', async (t) => {
  const here = readFlags(flagsOfManifest(manifest), true);
  const etcdOf = (text: string) => {
    const loaded = parseConfig(text, 'f');
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
    return resolveEtcd(loaded.config, here);
  };
  t.match(etcdOf('etcd: {}'), { endpoints: ['https://127.0.0.1:2379'], everyMs: 15_000, compareEveryMs: 21_600_000 });
  t.match(etcdOf('etcd: { endpoints: ["http://a:1"] }'), {
    endpoints: ['http://a:1'],
    ca: null,
    cert: null,
    certificates: [],
  });
  const loaded = parseConfig('backup: { keep: { weekly: 0 }, rate: 8 }', 'f');
  t.ok(loaded.ok);
  if (!loaded.ok) return;
  t.match(resolveBackup(loaded.config), {
    schedule: '17 * * * *',
    keep: { hourly: 24, daily: 7, weekly: 0 },
    bytesPerSecond: 8_388_608,
  });
});

t.test('schedules are checked before they are needed', async (t) => {
  for (const text of ['17 * * * *', '*/5 0-6 1,15 * 1-5', '0 0 * * 7']) t.ok(isCron(text), text);
  for (const text of [
    '',
    '* * * *',
    '60 * * * *',
    '* 24 * * *',
    '5-1 * * * *',
    '*/0 * * * *',
    'a * * * *',
    '* * * * * *',
  ])
    t.notOk(isCron(text), text);
  t.match(parseConfig('backup: { schedule: hourly }', 'f'), { ok: false });
});
