/** The part of containerd's own API that is asked: field numbers as in containerd's api/services, the same in 1.7 and 2.x. */
import { type Descriptor, empty, inPackage, type Method, many, message, one, text, textMap, unary } from './method.ts';

const versionPackage = 'containerd.services.version.v1';
const namespacesPackage = 'containerd.services.namespaces.v1';
const leasesPackage = 'containerd.services.leases.v1';
const tasksPackage = 'containerd.services.tasks.v1';
const taskPackage = 'containerd.v1.types';

export const version: Method<object, { readonly version: string }> = {
  service: `${versionPackage}.Version`,
  name: 'Version',
};

export const listNamespaces: Method<object, { readonly namespaces: readonly { readonly name: string }[] }> = {
  service: `${namespacesPackage}.Namespaces`,
  name: 'List',
};

export const createLease: Method<
  { readonly id: string; readonly labels: Readonly<Record<string, string>> },
  { readonly lease: { readonly id: string } | null }
> = { service: `${leasesPackage}.Leases`, name: 'Create' };

export const deleteLease: Method<{ readonly id: string }, object> = {
  service: `${leasesPackage}.Leases`,
  name: 'Delete',
};

/** A task as List gives it (containerId is empty there, id is the container's) and as Get does. */
export interface Task {
  readonly containerId: string;
  readonly id: string;
  readonly pid: number;
  readonly status: 'UNKNOWN' | 'CREATED' | 'RUNNING' | 'STOPPED' | 'PAUSED' | 'PAUSING';
}

export const listTasks: Method<object, { readonly tasks: readonly Task[] }> = {
  service: `${tasksPackage}.Tasks`,
  name: 'List',
};

export const getTask: Method<{ readonly containerId: string }, { readonly process: Task | null }> = {
  service: `${tasksPackage}.Tasks`,
  name: 'Get',
};

const versionDescriptor = inPackage(versionPackage, {
  Version: { methods: { Version: unary('VersionRequest', 'VersionResponse') } },
  VersionRequest: empty,
  VersionResponse: message({ version: text(1), revision: text(2) }),
});

const namespacesDescriptor = inPackage(namespacesPackage, {
  Namespaces: { methods: { List: unary('ListNamespacesRequest', 'ListNamespacesResponse') } },
  ListNamespacesRequest: message({ filter: text(1) }),
  ListNamespacesResponse: message({ namespaces: many(1, 'Namespace') }),
  Namespace: message({ name: text(1) }),
});

const leasesDescriptor = inPackage(leasesPackage, {
  Leases: { methods: { Create: unary('CreateRequest', 'CreateResponse'), Delete: unary('DeleteRequest', 'Empty') } },
  Empty: empty,
  Lease: message({ id: text(1) }),
  CreateRequest: message({ id: text(1), labels: textMap(3) }),
  CreateResponse: message({ lease: one(1, 'Lease') }),
  DeleteRequest: message({ id: text(1), sync: one(2, 'bool') }),
});

const tasksDescriptor = inPackage(tasksPackage, {
  Tasks: { methods: { List: unary('ListTasksRequest', 'ListTasksResponse'), Get: unary('GetRequest', 'GetResponse') } },
  ListTasksRequest: message({ filter: text(1) }),
  ListTasksResponse: message({ tasks: many(1, `.${taskPackage}.Process`) }),
  GetRequest: message({ containerId: text(1), execId: text(2) }),
  GetResponse: message({ process: one(1, `.${taskPackage}.Process`) }),
});

const taskDescriptor = inPackage(taskPackage, {
  Status: { values: { UNKNOWN: 0, CREATED: 1, RUNNING: 2, STOPPED: 3, PAUSED: 4, PAUSING: 5 } },
  Process: message({ containerId: text(1), id: text(2), pid: one(3, 'uint32'), status: one(4, 'Status') }),
});

export const containerdDescriptors: readonly Descriptor[] = [
  versionDescriptor,
  namespacesDescriptor,
  leasesDescriptor,
  tasksDescriptor,
  taskDescriptor,
];
