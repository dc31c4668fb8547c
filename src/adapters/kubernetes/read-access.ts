/** Reads an access from its files: a kubeconfig and what it names, or the service account that a pod is given. Bounded; contents are never shown. */
import { parse } from 'yaml';
import { readStart } from '../probe/read-file.ts';
import { type Access, AccessError, type AccessSource } from './access.ts';
import { type Content, type Kubeconfig, parseKubeconfig } from './kubeconfig.ts';

const mostBytes = 1024 * 1024;
const accountFolder = '/var/run/secrets/kubernetes.io/serviceaccount';

async function readWhole(path: string): Promise<Buffer> {
  const content = await readStart(path, mostBytes + 1).catch((error: NodeJS.ErrnoException) => {
    throw new AccessError(`cannot read ${path}: ${error.code ?? error.message}`);
  });
  if (content.length > mostBytes) throw new AccessError(`cannot use ${path}: it is larger than ${mostBytes} bytes`);
  return content;
}

const readContent = async (content: Content | undefined): Promise<Buffer | undefined> =>
  content === undefined || 'data' in content ? content?.data : readWhole(content.file);

const bearer = (token: Buffer): string => `Bearer ${token.toString('utf8').trim()}`;

function authorizationOf(token: Buffer | undefined, basic: string | undefined): string | undefined {
  if (token !== undefined) return bearer(token);
  return basic === undefined ? undefined : `Basic ${Buffer.from(basic).toString('base64')}`;
}

async function complete({ ca, cert, key, token, basic, ...rest }: Kubeconfig): Promise<Access> {
  const [readCa, readCert, readKey, readToken] = await Promise.all([ca, cert, key, token].map(readContent));
  const authorization = authorizationOf(readToken, basic);
  return {
    ...rest,
    ...(readCa !== undefined && { ca: readCa }),
    ...(readCert !== undefined && { cert: readCert }),
    ...(readKey !== undefined && { key: readKey }),
    ...(authorization !== undefined && { authorization }),
  };
}

function parseYaml(text: string): unknown {
  try {
    return parse(text, { maxAliasCount: 0, logLevel: 'silent' });
  } catch (error) {
    throw new AccessError(`it is no YAML: ${String((error as Error).message).split('\n', 1)[0]}`);
  }
}

async function readKubeconfig(path: string, context: string | undefined): Promise<Access> {
  const text = (await readWhole(path)).toString('utf8');
  try {
    return await complete(parseKubeconfig(parseYaml(text), path, context));
  } catch (error) {
    if (error instanceof AccessError) throw new AccessError(`cannot use the kubeconfig ${path}: ${error.message}`);
    throw error;
  }
}

async function readServiceAccount(env: NodeJS.ProcessEnv, folder: string): Promise<Access> {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port = '443' } = env;
  if (host === undefined || host === '')
    throw new AccessError('this is no pod with a service account; name a kubeconfig');
  const server = new URL(`https://${host.includes(':') ? `[${host}]` : host}:${port}`);
  const [ca, token, namespace] = await Promise.all(
    ['ca.crt', 'token', 'namespace'].map((name) => readWhole(`${folder}/${name}`)),
  );
  return {
    server,
    insecure: false,
    ...(ca !== undefined && { ca }),
    ...(token !== undefined && { authorization: bearer(token) }),
    ...(namespace !== undefined && { namespace: namespace.toString('utf8').trim() }),
  };
}

/** Rejects with AccessError alone. `account` is for tests. */
export function readAccess(source: AccessSource, env: NodeJS.ProcessEnv, account = accountFolder): Promise<Access> {
  return source.kind === 'kubeconfig' ? readKubeconfig(source.path, source.context) : readServiceAccount(env, account);
}
