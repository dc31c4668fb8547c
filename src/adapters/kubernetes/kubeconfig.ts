/**
 * A kubeconfig file, as kubectl reads it: the current context's cluster and user. What would run a program (exec, auth-provider) or go through a
 * proxy is refused in words, never half used.
 */
import { dirname, resolve } from 'node:path';
import { AccessError } from './access.ts';

/** Contents or the path of the file that holds them. */
export type Content = { readonly data: Buffer } | { readonly file: string };

/** What a kubeconfig says, before any other file was read. */
export interface Kubeconfig {
  readonly server: URL;
  readonly serverName?: string;
  readonly insecure: boolean;
  readonly ca?: Content;
  readonly cert?: Content;
  readonly key?: Content;
  readonly token?: Content;
  readonly basic?: string;
  readonly namespace?: string;
}

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const textIn = (fields: Fields, key: string): string | undefined => {
  const value = fields[key];
  return typeof value === 'string' && value !== '' ? value : undefined;
};

/** The entry of a name in one of the file's lists: clusters, users, contexts. */
function entry(file: Fields, list: string, name: string): Fields {
  const entries = Array.isArray(file[list]) ? (file[list] as readonly unknown[]) : [];
  const found = entries.find((one) => isFields(one) && one['name'] === name);
  // clusters hold a cluster, users a user, contexts a context
  const inner = isFields(found) ? found[list.slice(0, -1)] : undefined;
  if (!isFields(inner)) throw new AccessError(`it has no ${list.slice(0, -1)} ${JSON.stringify(name)}`);
  return inner;
}

function content(fields: Fields, key: string, folder: string): Content | undefined {
  const data = textIn(fields, `${key}-data`);
  if (data !== undefined) return { data: Buffer.from(data, 'base64') };
  const file = textIn(fields, key);
  return file === undefined ? undefined : { file: resolve(folder, file) };
}

function tokenOf(user: Fields, folder: string): Content | undefined {
  // kubectl prefers the file, for that is the one that rotates.
  const file = textIn(user, 'tokenFile');
  if (file !== undefined) return { file: resolve(folder, file) };
  const token = textIn(user, 'token');
  return token === undefined ? undefined : { data: Buffer.from(token) };
}

function serverOf(cluster: Fields): URL {
  const server = textIn(cluster, 'server') ?? '';
  const url = URL.canParse(server) ? new URL(server) : null;
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:'))
    throw new AccessError(`its server ${JSON.stringify(server)} is no URL that begins with https://`);
  if (textIn(cluster, 'proxy-url') !== undefined) throw new AccessError('a proxy-url is not supported');
  return url;
}

/** `value`: the parsed YAML; `path`: of the file, to which others are relative. Throws AccessError. */
export function parseKubeconfig(value: unknown, path: string, wanted?: string): Kubeconfig {
  if (!isFields(value)) throw new AccessError('it holds no keys');
  const folder = dirname(path);
  const name = wanted ?? textIn(value, 'current-context');
  if (name === undefined) throw new AccessError('it has no current-context');
  const context = entry(value, 'contexts', name);
  const cluster = entry(value, 'clusters', textIn(context, 'cluster') ?? '');
  const user = textIn(context, 'user') === undefined ? {} : entry(value, 'users', textIn(context, 'user') ?? '');
  for (const refused of ['exec', 'auth-provider'])
    if (user[refused] !== undefined)
      throw new AccessError(`its user has ${refused}, which is not supported; use a client certificate or a token`);
  const ca = content(cluster, 'certificate-authority', folder);
  const cert = content(user, 'client-certificate', folder);
  const key = content(user, 'client-key', folder);
  const token = tokenOf(user, folder);
  const serverName = textIn(cluster, 'tls-server-name');
  const namespace = textIn(context, 'namespace');
  const username = textIn(user, 'username');
  return {
    server: serverOf(cluster),
    insecure: cluster['insecure-skip-tls-verify'] === true,
    ...(serverName !== undefined && { serverName }),
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    ...(token !== undefined && { token }),
    ...(username !== undefined && { basic: `${username}:${textIn(user, 'password') ?? ''}` }),
    ...(namespace !== undefined && { namespace }),
  };
}
