/**
 * From a D-Bus a{sv} as the library gives it to plain values, keeping only the properties that are used. Pure; whatever has
 * another shape is left out, never thrown at.
 */
export type Properties = Readonly<Record<string, unknown>>;

/** What of systemd's 450 properties of a service is kept. */
const used: ReadonlySet<string> = new Set([
  'Id',
  'LoadState',
  'ActiveState',
  'SubState',
  'Result',
  'UnitFileState',
  'FreezerState',
  'ConditionResult',
  'ConditionTimestampMonotonic',
  'MainPID',
  'InvocationID',
  'NRestarts',
  'Job',
  'InactiveExitTimestampMonotonic',
  'ActiveEnterTimestampMonotonic',
  'ActiveExitTimestampMonotonic',
  'InactiveEnterTimestampMonotonic',
  'StateChangeTimestampMonotonic',
  'ExecMainExitTimestampMonotonic',
  'ExecMainCode',
  'ExecMainStatus',
  'NeedDaemonReload',
  'ControlGroup',
  'Type',
  'Restart',
  'RestartUSec',
  'StartLimitBurst',
  'StartLimitIntervalUSec',
  'KillMode',
  'WatchdogUSec',
  'TimeoutStartUSec',
  'TimeoutStopUSec',
  'Requires',
  'Requisite',
  'BindsTo',
  'PartOf',
  'TriggeredBy',
]);

/** `[[name, [tree, [value]]], ...]` to `{ name: value }`. */
export const decodeProperties = (dict: unknown): Properties => {
  const plain: Record<string, unknown> = {};
  if (!Array.isArray(dict)) return plain;
  for (const entry of dict) {
    if (!Array.isArray(entry) || typeof entry[0] !== 'string' || !used.has(entry[0])) continue;
    const value = decodeVariant(entry[1]);
    if (value !== undefined) plain[entry[0]] = value;
  }
  return plain;
};

/** The value inside a variant; undefined when it is none. */
export const decodeVariant = (variant: unknown): unknown =>
  Array.isArray(variant) && Array.isArray(variant[1]) ? variant[1][0] : undefined;

/**
 * Whether a PropertiesChanged names a used property without its value, so that it has to be read. Services invalidate their
 * Exec* properties in every signal; those are not used and must not cost a read.
 */
export const needsRead = (invalidated: unknown): boolean =>
  Array.isArray(invalidated) && invalidated.some((name) => typeof name === 'string' && used.has(name));
