/** What an API server's reply means. Pure, total: whatever comes is one of these. */
export type Trouble =
  /** Not even asked: a kubeconfig, token or certificate cannot be used. */
  | 'access'
  | 'unreachable'
  | 'timeout'
  | 'tls'
  | 'unauthorized'
  | 'forbidden'
  | 'missing'
  /** Create: it exists. */
  | 'exists'
  /** Update: somebody else changed it meanwhile. */
  | 'conflict'
  /** Watch or list: the resource version is too old; begin anew. */
  | 'gone'
  | 'invalid'
  /** 429 and 5xx: the server cannot just now. */
  | 'busy'
  | 'bad-reply';

export type KubernetesObject = Readonly<Record<string, unknown>>;

export type Answer =
  | { readonly ok: true; readonly object: KubernetesObject }
  | { readonly ok: false; readonly trouble: Trouble; readonly status: number; readonly message: string };

export type Failure = Extract<Answer, { ok: false }>;

export const failure = (trouble: Trouble, message: string, status = 0): Failure => ({
  ok: false,
  trouble,
  status,
  message: message.slice(0, 500),
});

const byStatus: Readonly<Record<number, Trouble>> = {
  401: 'unauthorized',
  403: 'forbidden',
  410: 'gone',
  422: 'invalid',
  429: 'busy',
};

function troubleOf(status: number, reason: string): Trouble {
  if (status === 409) return reason === 'AlreadyExists' ? 'exists' : 'conflict';
  // A 404 without this word is of somebody who does not know the path: no API server, or one without this resource.
  if (status === 404) return reason === 'NotFound' ? 'missing' : 'bad-reply';
  return byStatus[status] ?? (status >= 500 ? 'busy' : 'bad-reply');
}

export function parseObject(text: string): KubernetesObject | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as KubernetesObject) : null;
  } catch {
    // No JSON: said by the null.
    return null;
  }
}

const textIn = (object: KubernetesObject | null, key: string): string => {
  const value = object?.[key];
  return typeof value === 'string' ? value : '';
};

/** Of an object of kind Status, wherever it came: as a reply or within a watch. */
export function failureOfStatus(object: KubernetesObject | null, status: number): Failure {
  const message = textIn(object, 'message');
  return failure(troubleOf(status, textIn(object, 'reason')), message || `the server answered ${status}`, status);
}

export function parseAnswer(status: number, text: string): Answer {
  const object = parseObject(text);
  if (status >= 400) return failureOfStatus(object, status);
  if (status < 200 || status >= 300) return failure('bad-reply', `the server answered ${status}`, status);
  if (object === null) return failure('bad-reply', 'the reply is no JSON object', status);
  return { ok: true, object };
}

const tlsCode = /^ERR_(SSL|TLS|OSSL)_|CERT|^EPROTO$|^UNABLE_TO_|^(HOSTNAME_MISMATCH|INVALID_(CA|PURPOSE))$/;

/** Of what a request ended with that never got a reply. */
export function failureOfError(error: unknown): Failure {
  const { code, message }: NodeJS.ErrnoException = error instanceof Error ? error : new Error(String(error));
  if (code !== undefined && tlsCode.test(code)) return failure('tls', `${code}: ${message}`);
  if (code?.startsWith('HPE_') === true) return failure('bad-reply', `${code}: ${message}`);
  return failure('unreachable', message || code || 'the connection failed');
}
