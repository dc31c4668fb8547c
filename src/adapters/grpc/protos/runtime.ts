/** The part of the Container Runtime Interface that is asked: package runtime.v1, field numbers as in kubernetes/cri-api. */
import { type Descriptor, inPackage, type Method, many, message, one, text, unary } from './method.ts';

const service = 'runtime.v1.RuntimeService';

export interface RuntimeCondition {
  /** RuntimeReady, NetworkReady, and others a runtime may add. */
  readonly type: string;
  readonly status: boolean;
  readonly reason: string;
  readonly message: string;
}

export const runtimeVersion: Method<
  { readonly version: string },
  { readonly runtimeName: string; readonly runtimeVersion: string; readonly runtimeApiVersion: string }
> = { service, name: 'Version' };

export const runtimeStatus: Method<
  object,
  { readonly status: { readonly conditions: readonly RuntimeCondition[] } | null }
> = { service, name: 'Status' };

export const runtimeDescriptor: Descriptor = inPackage('runtime.v1', {
  RuntimeService: {
    methods: {
      Version: unary('VersionRequest', 'VersionResponse'),
      Status: unary('StatusRequest', 'StatusResponse'),
    },
  },
  VersionRequest: message({ version: text(1) }),
  VersionResponse: message({
    version: text(1),
    runtimeName: text(2),
    runtimeVersion: text(3),
    runtimeApiVersion: text(4),
  }),
  StatusRequest: message({ verbose: one(1, 'bool') }),
  StatusResponse: message({ status: one(1, 'RuntimeStatus') }),
  RuntimeStatus: message({ conditions: many(1, 'RuntimeCondition') }),
  RuntimeCondition: message({ type: text(1), status: one(2, 'bool'), reason: text(3), message: text(4) }),
});
