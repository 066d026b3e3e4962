// Returns of sessions in which an asset was not there yet: what the market did, times the asset's beta. Without them one young name would cut the
// history of a whole portfolio short. It has no risk of its own in those sessions: reports say how many there are.

/** Fewest common sessions for a beta; with fewer it is 1. */
const FEWEST = 20;

export interface Filled {
  readonly returns: Float64Array;
  /** Sessions that were stood in for. */
  readonly stoodIn: number;
}

/** Slope of an asset's returns on the market's, of the sessions where both are known; 1 where these are few. */
export function betaOf(own: Float64Array, market: Float64Array): number {
  const known: number[] = [];
  own.forEach((r, t) => {
    if (Number.isFinite(r) && Number.isFinite(market[t])) known.push(t);
  });
  return known.length < FEWEST ? 1 : slope(known, own, market);
}

/** `own`: returns per session, NaN where not known; `market`: of the same sessions, NaN counts as no move. `beta`: of these sessions where left out. */
export function standIn(own: Float64Array, market: Float64Array, beta = betaOf(own, market)): Filled {
  let stoodIn = 0;
  const returns = own.map((r, t) => {
    if (Number.isFinite(r)) return r;
    stoodIn++;
    const moved = market[t] as number;
    return Number.isFinite(moved) ? Math.max(-1, beta * moved) : 0;
  });
  return { returns, stoodIn };
}

function slope(rows: readonly number[], own: Float64Array, market: Float64Array): number {
  const mean = (of: Float64Array): number => rows.reduce((sum, t) => sum + (of[t] as number), 0) / rows.length;
  const [ownMean, marketMean] = [mean(own), mean(market)];
  let [along, square] = [0, 0];
  for (const t of rows) {
    const moved = (market[t] as number) - marketMean;
    along += moved * ((own[t] as number) - ownMean);
    square += moved * moved;
  }
  return square > 0 ? along / square : 1;
}
