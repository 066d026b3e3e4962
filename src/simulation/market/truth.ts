// What was planted, so that later checks can ask: was it found? was nothing found where there is nothing?
// Knows the world from inside; nothing that trades may read it.
import { EDGE_CLIP, EDGE_WINDOW, reversalSignal } from "./edge.js";

/** Plain data, to be written beside the simulated bars. The market is reproduced from it, to the bit, given the same sessions. */
export interface TruthRecord {
  readonly generator: "truewind-simulated-market/1";
  readonly seed: string;
  readonly names: number;
  readonly sectors: number;
  readonly oracleSharpe: number;
  /** Expected excess return of a session per unit of signal, a pure number near the information coefficient; 0 when nothing is planted. */
  readonly strength: number;
  readonly window: number;
  readonly clip: number;
  readonly firstDate: string;
  readonly lastDate: string;
  /** The law of the edge in a sentence. */
  readonly statement: string;
}

export interface SimulatedTruth {
  readonly record: TruthRecord;
  /**
   * Total-return index per instrument and session, from printed closes, splits and dividends: 1 at the first close, NaN where the
   * instrument did not trade and for the market index.
   */
  readonly totalReturnIndex: readonly Float64Array[];
  /** The signal after the close of `session` (see edge.ts), per instrument, a simple return demeaned over names; 0 where there is none. */
  signal(session: number): Float64Array;
  /**
   * Expected simple excess return over the mean of all names, per instrument, of the `horizon` sessions after the close of `session`.
   * It accrues between open and close, so it is the same from the next open on. NaN where the instrument does not trade at `session`.
   * Exact for one session. For more: returns that stay in the signal's window are known, those that enter it are taken at their
   * expected value, the cross-section's spread as unchanged, compounding is neglected; sessions beyond the window add nothing.
   */
  expectedReturn(session: number, horizon: number): Float64Array;
}

export function truthRecord(
  settings: Pick<TruthRecord, "seed" | "names" | "sectors" | "oracleSharpe" | "strength" | "firstDate" | "lastDate">,
): TruthRecord {
  const statement =
    settings.strength === 0
      ? "Nothing is planted: every name has the same expected return, whatever its past."
      : `The expected return of a name's next session is the common drift plus ${settings.strength} times its signal: minus its total ` +
        `return over the last ${EDGE_WINDOW} sessions against the mean of all names, cut at ${EDGE_CLIP} standard deviations over names, ` +
        `demeaned, divided by the square root of ${EDGE_WINDOW}.`;
  return { generator: "truewind-simulated-market/1", ...settings, window: EDGE_WINDOW, clip: EDGE_CLIP, statement };
}

export function createTruth(record: TruthRecord, totalReturnIndex: readonly Float64Array[]): SimulatedTruth {
  return {
    record,
    totalReturnIndex,
    signal(session) {
      const out = new Float64Array(totalReturnIndex.length);
      reversalSignal(totalReturnIndex, session, out);
      return out;
    },
    expectedReturn(session, horizon) {
      const sum = new Float64Array(totalReturnIndex.length);
      const now = new Float64Array(totalReturnIndex.length);
      const spread = reversalSignal(totalReturnIndex, session, now);
      const steps = Number.isNaN(spread) ? 0 : Math.min(horizon, EDGE_WINDOW);
      for (let k = 0; k < steps; k++) {
        if (k > 0) reversalSignal(totalReturnIndex, session, now, session - EDGE_WINDOW + k, spread, sum);
        for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + record.strength * (now[i] as number);
      }
      for (let i = 0; i < sum.length; i++) if (Number.isNaN(totalReturnIndex[i]?.[session])) sum[i] = Number.NaN;
      return sum;
    },
  };
}
