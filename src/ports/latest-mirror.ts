// A place outside the process that keeps the newest bytes under each name: a database or a file. It serves readers elsewhere and a warm
// restart; nothing that decides ever waits for it.

export interface MirrorCounters {
  /** Names whose newest bytes have arrived. */
  readonly written: number;
  /** Names replaced by newer bytes before they were sent. */
  readonly superseded: number;
  /** Attempts that failed. */
  readonly failures: number;
  /** Names that still wait. */
  readonly waiting: number;
  /** Why it cannot be written at present; null while it can. */
  readonly trouble: string | null;
}

export interface LatestMirror {
  /** Returns at once and never throws; the newest bytes of a name win. The bytes must not change afterwards. */
  put(name: string, bytes: Uint8Array): void;
  /** What is kept, by name; empty when it cannot be reached in time. Never throws. */
  load(): Promise<ReadonlyMap<string, Uint8Array>>;
  readonly counters: MirrorCounters;
  /** Writes what waits, as far as that goes quickly, and lets go. */
  close(): Promise<void>;
}
