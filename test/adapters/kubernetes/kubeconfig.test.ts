import t from 'tap';
import { parseKubeconfig } from '../../../src/adapters/kubernetes/kubeconfig.ts';

const admin = {
  'current-context': 'kubernetes-admin@kubernetes',
  clusters: [
    {
      name: 'kubernetes',
      cluster: { server: 'https://10.0.0.1:6443', 'certificate-authority-data': Buffer.from('CA').toString('base64') },
    },
  ],
  contexts: [
    {
      name: 'kubernetes-admin@kubernetes',
      context: { cluster: 'kubernetes', user: 'kubernetes-admin', namespace: 'infra' },
    },
  ],
  users: [
    {
      name: 'kubernetes-admin',
      user: { 'client-certificate': 'pki/admin.crt', 'client-key': '/etc/kubernetes/pki/admin.key' },
    },
  ],
};

const withUser = (user: object) => ({ ...admin, users: [{ name: 'kubernetes-admin', user }] });

t.test("kubeadm's kubeconfig is read, and files are found beside it", async (t) => {
  const parsed = parseKubeconfig(admin, '/etc/kubernetes/admin.conf');
  t.equal(parsed.server.href, 'https://10.0.0.1:6443/');
  t.same(parsed.ca, { data: Buffer.from('CA') });
  t.same(parsed.cert, { file: '/etc/kubernetes/pki/admin.crt' });
  t.same(parsed.key, { file: '/etc/kubernetes/pki/admin.key' });
  t.equal(parsed.namespace, 'infra');
  t.equal(parsed.insecure, false);
});

t.test('a token file goes before a token, for it is the one that rotates', async (t) => {
  const parsed = parseKubeconfig(withUser({ token: 'old', tokenFile: 'token' }), '/etc/x/kubeconfig');
  t.same(parsed.token, { file: '/etc/x/token' });
});

const refusals: readonly (readonly [string, unknown, RegExp])[] = [
  ['no map', 'text', /holds no keys/],
  ['no current context', {}, /no current-context/],
  ['a context that is not there', { 'current-context': 'x' }, /no context "x"/],
  ['a cluster that is not there', { ...admin, clusters: null }, /no cluster "kubernetes"/],
  ['a program that makes tokens', withUser({ exec: { command: 'aws' } }), /exec, which is not supported/],
  [
    'a server that is no URL',
    { ...admin, clusters: [{ name: 'kubernetes', cluster: { server: '10.0.0.1' } }] },
    /is no URL/,
  ],
  [
    'a proxy',
    { ...admin, clusters: [{ name: 'kubernetes', cluster: { server: 'https://x', 'proxy-url': 'http://p' } }] },
    /proxy-url is not supported/,
  ],
];

t.test('what cannot be used is refused in words', async (t) => {
  for (const [what, value, sentence] of refusals) t.throws(() => parseKubeconfig(value, '/x'), sentence, what);
});
