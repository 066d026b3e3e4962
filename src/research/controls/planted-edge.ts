// A market with a known edge: on top of a null, each name's next move is shifted by a little of what could be seen of its past. The signal
// is that of the simulated market, the reversal of the last 20 sessions in units of one session's dispersion, so that the size is a pure
// number: the expected return of a session per unit of signal, which is about the information coefficient that it has from day to day.
import { pearson } from "#base/correlation.js";
import type { Instrument } from "#domain/instrument.js";
import { reversalSignal } from "#simulation/market/edge.js";
import { type SimulatedTruth, createTruth, truthRecord } from "#simulation/market/truth.js";
import type { MarketMoves, Moves } from "./market-moves.js";
import { type RebuiltMarket, rebuildMarket } from "./rebuild-market.js";

export interface PlantedMarket extends RebuiltMarket {
  /** Expected returns of names over the sessions to come, by session: see the simulated market. */
  readonly expectedReturn: SimulatedTruth["expectedReturn"];
  /** Mean correlation across names of the signal with the move of the session that follows: the size as it came out. */
  readonly measuredIc: number;
}

/** `tradable`: names that have the edge. */
export function plantEdge(
  market: MarketMoves,
  drawn: Moves,
  instruments: readonly Instrument[],
  { size, tradable }: { readonly size: number; readonly tradable: Uint8Array },
): PlantedMarket {
  const { names, sessions } = market;
  const outside = new Float64Array(sessions.length).fill(Number.NaN);
  let ofMembers: readonly Float64Array[] | null = null;
  const signal = new Float64Array(names);
  const move = new Float64Array(names);
  let [sum, count] = [0, 0];
  const rebuilt = rebuildMarket(market, drawn, instruments, (t, index) => {
    const columns = (ofMembers ??= index.map((column, i) => (tradable[i] === 1 ? column : outside)));
    // What was signalled a session ago has come true by now, or not.
    if (t >= 2) {
      for (let i = 0; i < names; i++) {
        const column = columns[i] as Float64Array;
        move[i] = signal[i] === 0 ? Number.NaN : (column[t - 1] as number) / (column[t - 2] as number) - 1;
      }
      const ic = pearson(signal, move);
      if (ic !== null) [sum, count] = [sum + ic, count + 1];
    }
    reversalSignal(columns, t - 1, signal);
    return signal.map((value) => size * value);
  });
  const [first, last] = [sessions[0], sessions.at(-1)];
  const record = truthRecord({
    seed: "",
    names,
    sectors: 0,
    oracleSharpe: Number.NaN,
    strength: size,
    firstDate: first?.date ?? "",
    lastDate: last?.date ?? "",
  });
  const truth = createTruth(record, ofMembers ?? []);
  return {
    ...rebuilt,
    expectedReturn: (session, horizon) => truth.expectedReturn(session, horizon),
    measuredIc: count === 0 ? 0 : sum / count,
  };
}
