// A shock in words (the market, sectors, instruments) as factors of returns: the same for the report of risk and for limits.
import { TruewindError } from "#base/errors.js";
import type { Instrument } from "#domain/instrument.js";
import { standIn } from "#risk/stress/stand-in.js";
import type { RiskFile } from "./risk-schema.js";

export type Shock = Pick<RiskFile["stress"]["shocks"][number], "name" | "market" | "sectors" | "instruments">;

/** Sessions without which nobody says how prices follow each other. */
export const FEWEST_SESSIONS = 60;

export interface ShockFactor {
  /** Null: the market. */
  readonly rows: readonly number[] | null;
  /** Its name in the shock is an instrument's: before its first price its beta stands in. */
  readonly isInstrument: boolean;
  /** Return. */
  readonly shock: number;
}

/** Those that there are, for whoever misspelled one. */
function sectorsOf(instruments: readonly Instrument[]): string {
  const sectors = new Set(instruments.flatMap(({ sector }) => sector ?? []));
  return sectors.size === 0 ? "none" : [...sectors].sort().slice(0, 20).join(", ");
}

/** `idOf`: what the dataset calls what the shock names. Throws `bad-config` for what the dataset does not know. */
export function shockFactors(
  { name, market, sectors = {}, instruments: named = {} }: Shock,
  instruments: readonly Instrument[],
  idOf: (mention: string) => string = (mention) => mention,
): readonly ShockFactor[] {
  const unknown = (what: string): TruewindError => new TruewindError("bad-config", `Shock "${name}": the dataset has no ${what}.`);
  const factors: ShockFactor[] = market === undefined ? [] : [{ rows: null, isInstrument: false, shock: market }];
  for (const [sector, shock] of Object.entries(sectors)) {
    const rows = instruments.flatMap((instrument, i) => (instrument.sector === sector ? [i] : []));
    if (rows.length === 0) throw unknown(`sector ${sector}; it has ${sectorsOf(instruments)}`);
    factors.push({ rows, isInstrument: false, shock });
  }
  for (const [mention, shock] of Object.entries(named)) {
    const row = instruments.findIndex(({ id }) => id === idOf(mention));
    if (row < 0) throw unknown(mention);
    factors.push({ rows: [row], isInstrument: true, shock });
  }
  return factors;
}

/** Returns per session of the factor, 0 where nobody knows. */
export function factorReturns({ rows, isInstrument }: ShockFactor, returns: readonly Float64Array[], market: Float64Array): Float64Array {
  const own =
    rows === null
      ? market
      : isInstrument
        ? standIn(returns[rows[0] as number] as Float64Array, market).returns
        : meanReturns(returns, rows, market.length);
  return own.map((r) => (Number.isFinite(r) ? r : 0));
}

/** Mean of the returns that are known, session by session; NaN where none is. */
export function meanReturns(returns: readonly Float64Array[], rows: readonly number[], sessions: number): Float64Array {
  return Float64Array.from({ length: sessions }, (_, t) => {
    let [sum, count] = [0, 0];
    for (const i of rows) {
      const r = returns[i]?.[t] as number;
      if (!Number.isFinite(r)) continue;
      sum += r;
      count++;
    }
    return sum / count;
  });
}
