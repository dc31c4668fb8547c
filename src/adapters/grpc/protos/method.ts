/** How the trimmed descriptors of this folder are written down: only the messages and fields that are read or sent. */

/** A unary method by its full name, with the shapes of what goes out and what comes back. */
export interface Method<Request extends object, Reply> {
  /** Full name of the service, with its package. */
  readonly service: string;
  readonly name: string;
  /** Never set: they carry the types. */
  readonly request?: Request;
  readonly reply?: Reply;
}

interface Field {
  readonly id: number;
  readonly type: string;
  readonly rule?: 'repeated';
  /** For a map: the type of its keys. */
  readonly keyType?: string;
}

export interface Message {
  readonly fields: Readonly<Record<string, Field>>;
}

interface Service {
  readonly methods: Readonly<Record<string, { readonly requestType: string; readonly responseType: string }>>;
}

interface Enumeration {
  readonly values: Readonly<Record<string, number>>;
}

/** A package in the JSON form of protobufjs. */
export interface Descriptor {
  readonly nested: Readonly<Record<string, Message | Service | Enumeration | Descriptor>>;
}

export const text = (id: number): Field => ({ id, type: 'string' });
export const textMap = (id: number): Field => ({ id, type: 'string', keyType: 'string' });
export const many = (id: number, type: string): Field => ({ id, type, rule: 'repeated' });
export const one = (id: number, type: string): Field => ({ id, type });
export const message = (fields: Readonly<Record<string, Field>>): Message => ({ fields });
/** Stands for google.protobuf.Empty too: both are no bytes at all on the wire. */
export const empty: Message = { fields: {} };

/** Puts the content of a package below its dotted name. */
export function inPackage(name: string, nested: Descriptor['nested']): Descriptor {
  return name
    .split('.')
    .reverse()
    .reduce<Descriptor>((inner, part) => ({ nested: { [part]: inner } }), { nested });
}

export const unary = (requestType: string, responseType: string): { requestType: string; responseType: string } => ({
  requestType,
  responseType,
});
