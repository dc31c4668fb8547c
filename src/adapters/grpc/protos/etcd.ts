/** The part of etcd's API that is asked: packages etcdserverpb and mvccpb, field numbers as in etcd's api, the same from 3.4 to 3.7. */
import { type Descriptor, empty, inPackage, type Method, many, message, one, text, unary } from './method.ts';

const keyValues = 'etcdserverpb.KV';
const leases = 'etcdserverpb.Lease';
const maintenance = 'etcdserverpb.Maintenance';

/** 64-bit numbers come as decimal text: ids do not fit a number of JavaScript's. */
export interface Header {
  readonly clusterId: string;
  readonly memberId: string;
  readonly revision: string;
}

export interface KeyValue {
  readonly key: Buffer;
  readonly createRevision: string;
  readonly modRevision: string;
  readonly value: Buffer;
}

export interface RangeRequest {
  readonly key: Buffer;
  readonly rangeEnd?: Buffer;
  readonly limit?: number;
  readonly revision?: number;
  readonly serializable?: boolean;
  readonly countOnly?: boolean;
  readonly sortOrder?: 'ASCEND';
  readonly sortTarget?: 'CREATE';
}

export interface RangeReply {
  readonly header: Header;
  readonly kvs: readonly KeyValue[];
  readonly count: string;
}

export const range: Method<RangeRequest, RangeReply> = { service: keyValues, name: 'Range' };

export const put: Method<
  { readonly key: Buffer; readonly value: Buffer; readonly lease: string },
  { readonly header: Header }
> = { service: keyValues, name: 'Put' };

interface Operation {
  readonly requestPut?: { readonly key: Buffer; readonly value: Buffer; readonly lease: string };
  readonly requestRange?: RangeRequest;
}

export const transact: Method<
  {
    readonly compare: readonly { readonly target: 'CREATE'; readonly key: Buffer; readonly createRevision: number }[];
    readonly success: readonly Operation[];
    readonly failure: readonly Operation[];
  },
  {
    readonly header: Header;
    readonly succeeded: boolean;
    readonly responses: readonly { readonly responseRange: RangeReply | null }[];
  }
> = { service: keyValues, name: 'Txn' };

export const grantLease: Method<{ readonly ttl: number }, { readonly header: Header; readonly id: string }> = {
  service: leases,
  name: 'LeaseGrant',
};

/** A stream: one reply for each request. The ttl of a lease that is gone is 0. */
export const keepLease: Method<{ readonly id: string }, { readonly ttl: string }> = {
  service: leases,
  name: 'LeaseKeepAlive',
};

/** A stream. */
export const watchKeys: Method<
  { readonly createRequest: { readonly key: Buffer; readonly rangeEnd: Buffer; readonly startRevision: string } },
  { readonly canceled: boolean; readonly events: readonly { readonly kv: { readonly key: Buffer } }[] }
> = { service: 'etcdserverpb.Watch', name: 'Watch' };

export const revokeLease: Method<{ readonly id: string }, object> = { service: leases, name: 'LeaseRevoke' };

export interface MemberStatus {
  readonly header: Header;
  readonly version: string;
  readonly dbSize: string;
  readonly dbSizeInUse: string;
  readonly dbSizeQuota: string;
  readonly leader: string;
  readonly raftIndex: string;
  readonly raftAppliedIndex: string;
  readonly raftTerm: string;
  readonly errors: readonly string[];
  readonly isLearner: boolean;
}

export const readStatus: Method<object, MemberStatus> = { service: maintenance, name: 'Status' };

export const hashKeys: Method<
  { readonly revision: number },
  { readonly header: Header; readonly hash: number; readonly compactRevision: string }
> = { service: maintenance, name: 'HashKV' };

/** A stream. The database in pieces, and after them 32 bytes: the SHA-256 of all before. */
export const streamSnapshot: Method<object, { readonly remainingBytes: string; readonly blob: Buffer }> = {
  service: maintenance,
  name: 'Snapshot',
};

export interface Member {
  readonly id: string;
  readonly name: string;
  readonly peerUrls: readonly string[];
  readonly clientUrls: readonly string[];
  readonly isLearner: boolean;
}

/** Answered by the member alone unless `linearizable`. */
export const listMembers: Method<
  { readonly linearizable: boolean },
  { readonly header: Header; readonly members: readonly Member[] }
> = { service: 'etcdserverpb.Cluster', name: 'MemberList' };

export const addMember: Method<
  { readonly peerUrls: readonly string[]; readonly isLearner: boolean },
  { readonly header: Header; readonly member: Member }
> = { service: 'etcdserverpb.Cluster', name: 'MemberAdd' };

export const removeMember: Method<{ readonly id: string }, { readonly header: Header }> = {
  service: 'etcdserverpb.Cluster',
  name: 'MemberRemove',
};

export const promoteMember: Method<{ readonly id: string }, { readonly header: Header }> = {
  service: 'etcdserverpb.Cluster',
  name: 'MemberPromote',
};

/** Answered by the leader alone. */
export const moveLeader: Method<{ readonly targetId: string }, { readonly header: Header }> = {
  service: maintenance,
  name: 'MoveLeader',
};

/** The member that is asked serves nobody until it answers. */
export const defragmentMember: Method<object, { readonly header: Header }> = {
  service: maintenance,
  name: 'Defragment',
};

type AlarmKind = 'NONE' | 'NOSPACE' | 'CORRUPT';

export const askAlarms: Method<
  { readonly action: 'GET' | 'DEACTIVATE'; readonly memberId: string; readonly alarm: AlarmKind },
  { readonly alarms: readonly { readonly memberId: string; readonly alarm: AlarmKind }[] }
> = { service: maintenance, name: 'Alarm' };

/** `physical`: answered only once the room is free. */
export const compact: Method<{ readonly revision: number; readonly physical: boolean }, { readonly header: Header }> = {
  service: keyValues,
  name: 'Compact',
};

export const deleteKeys: Method<{ readonly key: Buffer }, { readonly header: Header }> = {
  service: keyValues,
  name: 'DeleteRange',
};

const int64 = (id: number) => one(id, 'int64');
const uint64 = (id: number) => one(id, 'uint64');
const bytes = (id: number) => one(id, 'bytes');
const bool = (id: number) => one(id, 'bool');

const valuesDescriptor = inPackage('mvccpb', {
  KeyValue: message({ key: bytes(1), createRevision: int64(2), modRevision: int64(3), value: bytes(5) }),
  Event: message({ kv: one(2, 'KeyValue') }),
});

const serverDescriptor = inPackage('etcdserverpb', {
  KV: {
    methods: {
      Range: unary('RangeRequest', 'RangeResponse'),
      Put: unary('PutRequest', 'PutResponse'),
      Txn: unary('TxnRequest', 'TxnResponse'),
      Compact: unary('CompactionRequest', 'CompactionResponse'),
      DeleteRange: unary('DeleteRangeRequest', 'DeleteRangeResponse'),
    },
  },
  Lease: {
    methods: {
      LeaseGrant: unary('LeaseGrantRequest', 'LeaseGrantResponse'),
      LeaseRevoke: unary('LeaseRevokeRequest', 'LeaseRevokeResponse'),
      LeaseKeepAlive: unary('LeaseKeepAliveRequest', 'LeaseKeepAliveResponse'),
    },
  },
  Watch: { methods: { Watch: unary('WatchRequest', 'WatchResponse') } },
  Maintenance: {
    methods: {
      Status: unary('StatusRequest', 'StatusResponse'),
      HashKV: unary('HashKVRequest', 'HashKVResponse'),
      Snapshot: unary('SnapshotRequest', 'SnapshotResponse'),
      Alarm: unary('AlarmRequest', 'AlarmResponse'),
      Defragment: unary('DefragmentRequest', 'DefragmentResponse'),
      MoveLeader: unary('MoveLeaderRequest', 'MoveLeaderResponse'),
    },
  },
  Cluster: {
    methods: {
      MemberList: unary('MemberListRequest', 'MemberListResponse'),
      MemberAdd: unary('MemberAddRequest', 'MemberAddResponse'),
      MemberRemove: unary('MemberRemoveRequest', 'MemberRemoveResponse'),
      MemberPromote: unary('MemberPromoteRequest', 'MemberPromoteResponse'),
    },
  },
  ResponseHeader: message({ clusterId: uint64(1), memberId: uint64(2), revision: int64(3), raftTerm: uint64(4) }),
  RangeRequest: message({
    key: bytes(1),
    rangeEnd: bytes(2),
    limit: int64(3),
    revision: int64(4),
    sortOrder: one(5, 'SortOrder'),
    sortTarget: one(6, 'SortTarget'),
    serializable: bool(7),
    countOnly: bool(9),
  }),
  SortOrder: { values: { NONE: 0, ASCEND: 1, DESCEND: 2 } },
  SortTarget: { values: { KEY: 0, VERSION: 1, CREATE: 2, MOD: 3, VALUE: 4 } },
  RangeResponse: message({ header: one(1, 'ResponseHeader'), kvs: many(2, '.mvccpb.KeyValue'), count: int64(4) }),
  PutRequest: message({ key: bytes(1), value: bytes(2), lease: int64(3) }),
  PutResponse: message({ header: one(1, 'ResponseHeader') }),
  CompareTarget: { values: { VERSION: 0, CREATE: 1, MOD: 2, VALUE: 3, LEASE: 4 } },
  Compare: message({ target: one(2, 'CompareTarget'), key: bytes(3), createRevision: int64(5) }),
  RequestOp: message({ requestRange: one(1, 'RangeRequest'), requestPut: one(2, 'PutRequest') }),
  ResponseOp: message({ responseRange: one(1, 'RangeResponse') }),
  TxnRequest: message({
    compare: many(1, 'Compare'),
    success: many(2, 'RequestOp'),
    failure: many(3, 'RequestOp'),
  }),
  TxnResponse: message({ header: one(1, 'ResponseHeader'), succeeded: bool(2), responses: many(3, 'ResponseOp') }),
  LeaseGrantRequest: message({ ttl: int64(1) }),
  LeaseGrantResponse: message({ header: one(1, 'ResponseHeader'), id: int64(2) }),
  LeaseRevokeRequest: message({ id: int64(1) }),
  LeaseRevokeResponse: empty,
  LeaseKeepAliveRequest: message({ id: int64(1) }),
  LeaseKeepAliveResponse: message({ ttl: int64(3) }),
  WatchRequest: message({ createRequest: one(1, 'WatchCreateRequest') }),
  WatchCreateRequest: message({ key: bytes(1), rangeEnd: bytes(2), startRevision: int64(3) }),
  WatchResponse: message({ canceled: bool(4), events: many(11, '.mvccpb.Event') }),
  StatusRequest: empty,
  StatusResponse: message({
    header: one(1, 'ResponseHeader'),
    version: text(2),
    dbSize: int64(3),
    leader: uint64(4),
    raftIndex: uint64(5),
    raftTerm: uint64(6),
    raftAppliedIndex: uint64(7),
    errors: many(8, 'string'),
    dbSizeInUse: int64(9),
    isLearner: bool(10),
    dbSizeQuota: int64(12),
  }),
  HashKVRequest: message({ revision: int64(1) }),
  HashKVResponse: message({ header: one(1, 'ResponseHeader'), hash: one(2, 'uint32'), compactRevision: int64(3) }),
  SnapshotRequest: empty,
  SnapshotResponse: message({ remainingBytes: uint64(2), blob: bytes(3) }),
  Member: message({
    id: uint64(1),
    name: text(2),
    peerUrls: many(3, 'string'),
    clientUrls: many(4, 'string'),
    isLearner: bool(5),
  }),
  MemberListRequest: message({ linearizable: bool(1) }),
  MemberListResponse: message({ header: one(1, 'ResponseHeader'), members: many(2, 'Member') }),
  MemberAddRequest: message({ peerUrls: many(1, 'string'), isLearner: bool(2) }),
  MemberAddResponse: message({ header: one(1, 'ResponseHeader'), member: one(2, 'Member') }),
  MemberRemoveRequest: message({ id: uint64(1) }),
  MemberRemoveResponse: message({ header: one(1, 'ResponseHeader') }),
  MemberPromoteRequest: message({ id: uint64(1) }),
  MemberPromoteResponse: message({ header: one(1, 'ResponseHeader') }),
  AlarmKind: { values: { NONE: 0, NOSPACE: 1, CORRUPT: 2 } },
  AlarmAction: { values: { GET: 0, ACTIVATE: 1, DEACTIVATE: 2 } },
  AlarmRequest: message({ action: one(1, 'AlarmAction'), memberId: uint64(2), alarm: one(3, 'AlarmKind') }),
  AlarmMember: message({ memberId: uint64(1), alarm: one(2, 'AlarmKind') }),
  AlarmResponse: message({ alarms: many(2, 'AlarmMember') }),
  DefragmentRequest: empty,
  DefragmentResponse: message({ header: one(1, 'ResponseHeader') }),
  MoveLeaderRequest: message({ targetId: uint64(1) }),
  MoveLeaderResponse: message({ header: one(1, 'ResponseHeader') }),
  DeleteRangeRequest: message({ key: bytes(1) }),
  DeleteRangeResponse: message({ header: one(1, 'ResponseHeader') }),
  CompactionRequest: message({ revision: int64(1), physical: bool(2) }),
  CompactionResponse: message({ header: one(1, 'ResponseHeader') }),
});

export const etcdDescriptors: readonly Descriptor[] = [valuesDescriptor, serverDescriptor];
