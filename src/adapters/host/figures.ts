/** Memory, load and open files of the host, for evidence: read from /proc by systeminformation, which is loaded when first needed. */
export interface HostFigures {
  readonly memory: { readonly totalBytes: number; readonly availableBytes: number; readonly swapUsedBytes: number };
  /** The worst of the load averages over 1, 5 and 15 minutes, per processor. */
  readonly loadPerCore: number;
  readonly openFiles: { readonly used: number; readonly most: number };
}

export async function readFigures(): Promise<HostFigures> {
  // CommonJS: in a bundle only the default export holds everything it exports.
  const { default: information } = await import('systeminformation');
  const [memory, load, files] = await Promise.all([
    information.mem(),
    information.currentLoad(),
    information.fsOpenFiles(),
  ]);
  return {
    memory: { totalBytes: memory.total, availableBytes: memory.available, swapUsedBytes: memory.swapused },
    loadPerCore: load.avgLoad,
    openFiles: { used: files?.allocated ?? 0, most: files?.max ?? 0 },
  };
}
