/**
 * From objects to the bytes on the wire and back, by our trimmed descriptors. protobufjs in its light form, which reads no .proto files;
 * @grpc/proto-loader would bring the whole of it and the descriptors of descriptors, 2 MiB of heap.
 */
import { failWith } from '../probe/finding.ts';
import { containerdDescriptors } from './protos/containerd.ts';
import { etcdDescriptors } from './protos/etcd.ts';
import type { Descriptor } from './protos/method.ts';
import { runtimeDescriptor } from './protos/runtime.ts';

export interface Codec {
  encode(message: object): Buffer;
  decode(bytes: Buffer): object;
}

/** A method: its path in HTTP/2, what goes out and what comes back. */
export interface Definition {
  readonly path: string;
  readonly request: Codec;
  readonly reply: Codec;
}

/** Every field is there, with its default where nothing was sent. */
const complete = { defaults: true, arrays: true, enums: String, longs: Number } as const;

/** etcd's ids take all 64 bits. */
const exact = { ...complete, longs: String } as const;

/** Packages share the outer parts of their names. */
function merge(into: Descriptor, from: Descriptor): Descriptor {
  const nested: Record<string, Descriptor['nested'][string]> = { ...into.nested };
  for (const [name, part] of Object.entries(from.nested)) {
    const there = nested[name];
    nested[name] = there !== undefined && 'nested' in there && 'nested' in part ? merge(there, part) : part;
  }
  return { nested };
}

/** Resolves to the definition of a method by the full name of its service. Rejects when the library cannot be loaded. */
export async function loadDefinitions(): Promise<(service: string, name: string) => Definition> {
  const { default: protobuf } = await import('protobufjs/light.js');
  const descriptor = [...containerdDescriptors, runtimeDescriptor, ...etcdDescriptors].reduce(merge);
  const root = protobuf.Root.fromJSON(descriptor as Parameters<typeof protobuf.Root.fromJSON>[0]).resolveAll();
  const codecOf = (type: InstanceType<typeof protobuf.Type> | null): Codec => {
    if (type === null) throw failWith('probe.failed', 'a message has no descriptor');
    return {
      encode: (message) => Buffer.from(type.encode(type.fromObject(message)).finish()),
      decode: (bytes) =>
        type.toObject(type.decode(bytes), type.fullName.startsWith('.etcdserverpb.') ? exact : complete),
    };
  };
  return (service, name) => {
    const method = root.lookupService(service).methods[name];
    if (method === undefined) throw failWith('probe.failed', `no descriptor for ${service}/${name}`);
    method.resolve();
    const { resolvedRequestType: asked, resolvedResponseType: replied } = method;
    return { path: `/${service}/${name}`, request: codecOf(asked), reply: codecOf(replied) };
  };
}
