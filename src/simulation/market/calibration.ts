// How strong the planted edge must be for an oracle to earn a given net Sharpe ratio over equal weight.
// Measured by test/nightly/oracle-map.ts; the table and what it means stand in docs/guide/simulated-market.md.
import { TruewindError } from "#base/errors.js";

/**
 * The oracle: every fifth session, at the close, it ranks names by the truth's expected return of five sessions and holds the best
 * 20 % in equal weights from the next open on, paying 8.5 bps of what it trades (fee 5, half spread 2.5, impact 1). Equal weight of
 * all names, rebalanced on the same days, pays nothing. Per number of names: net information ratio = `slope` x strength - `drag`,
 * strength being expected return per session and unit of signal (edge.ts). The drag is what the oracle's costs take.
 */
const ORACLE_MAP: readonly { readonly names: number; readonly slope: number; readonly drag: number }[] = [
  { names: 20, slope: 23.6, drag: 0.013 },
  { names: 40, slope: 35.9, drag: 0.149 },
  { names: 60, slope: 44.8, drag: 0.198 },
  { names: 120, slope: 64.6, drag: 0.384 },
  { names: 250, slope: 88.0, drag: 0.51 },
  { names: 500, slope: 116.7, drag: 0.835 },
];

/** Strength for a target Sharpe ratio; exactly 0 for 0. Linear in log(names) between the measured sizes, flat outside. Throws bad-config. */
export function strengthFor(oracleSharpe: number, names: number): number {
  if (!(oracleSharpe >= 0 && oracleSharpe <= 5)) {
    throw new TruewindError("bad-config", `The oracle's Sharpe ratio must lie between 0 and 5, not ${oracleSharpe}.`);
  }
  if (oracleSharpe === 0) return 0;
  const above = ORACLE_MAP.findIndex((row) => row.names >= names);
  const high = ORACLE_MAP[above === -1 ? ORACLE_MAP.length - 1 : above] as (typeof ORACLE_MAP)[number];
  const low = ORACLE_MAP[above === -1 ? ORACLE_MAP.length - 1 : Math.max(0, above - 1)] as (typeof ORACLE_MAP)[number];
  const share = high.names === low.names ? 0 : Math.max(0, Math.log(names / low.names) / Math.log(high.names / low.names));
  const slope = low.slope + share * (high.slope - low.slope);
  const drag = low.drag + share * (high.drag - low.drag);
  return (oracleSharpe + drag) / slope;
}
