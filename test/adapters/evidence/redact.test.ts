import t from 'tap';
import { redact } from '../../../src/adapters/evidence/redact.ts';

const table: readonly (readonly [string, string])[] = [
  ['password=hunter2 user=bob', 'password=[redacted] user=bob'],
  ['DB_PASSWORD=hunter2', 'DB_PASSWORD=[redacted]'],
  ['POSTGRES_PASSWD: hunter2, next', 'POSTGRES_PASSWD: [redacted], next'],
  ['password="hunter 2" user=bob', 'password=[redacted] user=bob'],
  ["password='hunter 2' user=bob", 'password=[redacted] user=bob'],
  ['msg="login password=\\"hunter 2\\" failed"', 'msg="login password=[redacted] failed"'],
  ['{"password":"hunter2","user":"bob"}', '{"password":[redacted],"user":"bob"}'],
  ['{"auth":"Ym9iOmh1bnRlcjI="}', '{"auth":[redacted]}'],
  ['password="never closed\nnext line', 'password=[redacted]\nnext line'],
  ['clientSecret: abc', 'clientSecret: [redacted]'],
  ['AWS_SECRET_ACCESS_KEY=abc/def+', 'AWS_SECRET_ACCESS_KEY=[redacted]'],
  ['api-key = abc', 'api-key = [redacted]'],
  ['Authorization: Bearer abc.def-ghi\nHost: a', 'Authorization: [redacted]\nHost: a'],
  ['Proxy-Authorization: Basic Ym9iOmh1bnRlcjI=', 'Proxy-Authorization: [redacted]'],
  ['curl -H "bearer abcdefghijkl"', 'curl -H "bearer [redacted]"'],
  ['pull https://bob:hunter2@registry.example/v2/', 'pull https://[redacted]@registry.example/v2/'],
  ['got eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJrdWJlIn0.c2ln at last', 'got [redacted] at last'],
  ['kubeadm join --token abcdef.0123456789abcdef', 'kubeadm join --token [redacted]'],
  ['a\n-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nb', 'a\n[redacted]\nb'],
  ['a\n-----BEGIN PRIVATE KEY-----\nMIIE', 'a\n[redacted]'],
];

for (const [said, kept] of table) {
  t.test(JSON.stringify(said), async (t) => {
    t.equal(redact(said), kept);
  });
}

t.test('what is no secret stays', async (t) => {
  for (const said of [
    'failed to get token from the API server',
    'author: bob, path=/var/run/secrets/kubernetes.io',
    '-----BEGIN CERTIFICATE-----\nMIIE\n-----END CERTIFICATE-----',
    'dial unix /run/containerd/containerd.sock: connect: connection refused',
    'goroutine 1 [select, 5 minutes]:\nmain.main()\n\t/src/main.go:12 +0x1d',
  ])
    t.equal(redact(said), said);
});

t.test('a hostile text is read in time that grows with its length alone', async (t) => {
  const hostile = [
    'token=',
    'token="',
    'password =  ',
    '-----BEGIN PRIVATE KEY-----',
    '://a:',
    'eyJ',
    'authorization:\\\\"',
    ' ',
  ];
  for (const one of hostile) t.type(redact(one.repeat(131_072 / one.length)), 'string');
});
