import t from 'tap';
import { failWith, finding, findingOfError } from '../../../src/adapters/probe/finding.ts';

const coded = (code: string, message = `connect ${code} /run/a.sock`): Error =>
  Object.assign(new Error(message), { code });

const table: readonly (readonly [string, string, 'unhealthy' | 'unknown'])[] = [
  ['ECONNREFUSED', 'probe.refused', 'unhealthy'],
  ['EAGAIN', 'probe.refused', 'unhealthy'],
  ['ECONNRESET', 'probe.reset', 'unhealthy'],
  ['EPIPE', 'probe.reset', 'unhealthy'],
  ['ETIMEDOUT', 'probe.timeout', 'unhealthy'],
  ['ENOENT', 'probe.no-socket', 'unhealthy'],
  ['HPE_INVALID_CONSTANT', 'probe.bad-reply', 'unhealthy'],
  ['HPE_HEADER_OVERFLOW', 'probe.bad-reply', 'unhealthy'],
  ['EACCES', 'probe.denied', 'unknown'],
  ['EPERM', 'probe.denied', 'unknown'],
  ['ENOTFOUND', 'probe.no-address', 'unknown'],
  ['EAI_AGAIN', 'probe.no-address', 'unknown'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'probe.tls', 'unknown'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'probe.tls', 'unknown'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'probe.tls', 'unknown'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'probe.tls', 'unknown'],
  ['CERT_HAS_EXPIRED', 'probe.tls', 'unknown'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'probe.tls', 'unknown'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'probe.tls', 'unknown'],
  ['ERR_OSSL_PEM_NO_START_LINE', 'probe.tls', 'unknown'],
  ['EPROTO', 'probe.tls', 'unknown'],
  ['EMFILE', 'probe.failed', 'unknown'],
  ['EHOSTUNREACH', 'probe.failed', 'unknown'],
  ['ERR_INVALID_URL', 'probe.failed', 'unknown'],
  ['SOMETHING_NEW', 'probe.failed', 'unknown'],
];

for (const [code, reason, verdict] of table) {
  t.test(`${code} is ${reason}, ${verdict}`, async (t) => {
    t.match(findingOfError(coded(code)), { reason, verdict, detail: code });
  });
}

t.test('an error that knows its finding keeps it', async (t) => {
  t.same(findingOfError(failWith('probe.no-command', 'no such file')), finding('probe.no-command', 'no such file'));
});

t.test('anything at all has a finding', async (t) => {
  for (const odd of [undefined, null, 7, 'text', {}, new Error(''), Object.assign(new Error('x'), { code: 7 })])
    t.match(findingOfError(odd), { reason: 'probe.failed', verdict: 'unknown' });
  t.equal(findingOfError(coded('ECONNREFUSED', '')).detail, 'ECONNREFUSED', 'the code stands in for a missing message');
});
