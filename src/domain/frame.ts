// One decision moment: rows are instruments, columns are features.
import type { Micros } from "./time.js";

export interface FeatureFrame {
  readonly asOf: Micros;
  /** Number of rows: all instruments of the run, in their order. */
  readonly instruments: number;
  readonly features: readonly string[];
  /** Row-major `[instrument][feature]`; NaN means not known at `asOf`. Valid until the next frame is made. */
  readonly values: Float64Array;
  /** 1 where the last bar ended no earlier than the moment asked for, else 0: the instrument is late. */
  readonly fresh: Uint8Array;
  /** 1 where the instrument belongs to the universe at `asOf` and has a fresh bar, else 0. */
  readonly member: Uint8Array;
  /** Frames of the last decisions, where somebody looks back; null elsewhere. */
  readonly history: FrameHistory | null;
}

/** The last `steps` decisions of each instrument, this one included. Valid until the next frame is made. */
export interface FrameHistory {
  readonly steps: number;
  /** Row-major `[instrument][step][feature]`, oldest first, f32 as models read them; NaN: not known, or no member then. */
  readonly values: Float32Array;
}
