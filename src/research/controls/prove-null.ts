// The proof that a null must give before anything is run on it: over several draws, an oracle linear predictor finds nothing. A null that
// holds a signal would make every pipeline look like a leak, or hide one.
import type { Rng } from "#base/rng.js";
import { normalQuantile } from "#base/normal-quantile.js";
import { upperTail } from "#base/student-t.js";
import { drawNull } from "./draw-null.js";
import type { MarketFit } from "./market-fit.js";
import { NULL_KINDS, type NullKind } from "./null-kind.js";
import { type OracleFinding, findLinear } from "./oracle-predictor.js";
import { LOOK_BACK } from "./predictors.js";

export interface NullProof {
  readonly kind: NullKind;
  readonly holds: boolean;
  /** One sentence. */
  readonly because: string;
  /** One per draw. */
  readonly draws: readonly { readonly names: OracleFinding; readonly market: OracleFinding }[];
  /** Both standard normal where nothing is to be found; null where this kind of null claims nothing of it. */
  readonly namesScore: number;
  readonly marketScore: number | null;
}

export const PROOF_DRAWS = 5;
/** With fewer sessions the oracle has too little to learn from, and its silence proves nothing. */
export const FEWEST_SESSIONS = 4 * LOOK_BACK;
/** A score beyond it on either side is no accident: 1 in 1,900. */
const BOUND = 3.5;

export function proveNull(kind: NullKind, fit: MarketFit, rng: Rng, onDraw: (done: number) => void = () => undefined): NullProof {
  const { title, timing } = NULL_KINDS[kind];
  const { length } = fit.moves.sessions;
  if (length < FEWEST_SESSIONS) {
    const because = `Nothing can be proven of a null with ${length} sessions: the oracle needs ${FEWEST_SESSIONS} to learn from and to be judged on.`;
    return { kind, holds: false, because, draws: [], namesScore: 0, marketScore: null };
  }
  const draws = Array.from({ length: PROOF_DRAWS }, (_, d) => {
    const found = findLinear(drawNull(kind, fit, rng.fork(`proof/${d}`)), fit.moves.names, fit.tradable);
    onDraw(d + 1);
    return found;
  });
  const namesScore = pooled(draws.map(({ names }) => names));
  const marketScore = timing ? pooled(draws.map(({ market }) => market)) : null;
  const found = [
    ...(Math.abs(namesScore) > BOUND ? [`which names do better (score ${namesScore.toFixed(1)})`] : []),
    ...(marketScore !== null && Math.abs(marketScore) > BOUND ? [`when the market rises (score ${marketScore.toFixed(1)})`] : []),
  ];
  const because =
    found.length === 0
      ? `An oracle linear predictor finds nothing in ${PROOF_DRAWS} draws (scores within ${BOUND}).`
      : `"${title}" is no null of this market: an oracle linear predictor foretells ${found.join(" and ")}, beyond ${BOUND}.`;
  return { kind, holds: found.length === 0, because, draws, namesScore, marketScore };
}

/** Stouffer's sum of the draws' t statistics, each as a standard normal one. */
function pooled(findings: readonly OracleFinding[]): number {
  const scores = findings.map(({ tStat, degrees }) => {
    const tail = Math.max(1e-9, upperTail(Math.abs(tStat), degrees));
    return Math.sign(tStat) * -normalQuantile(tail);
  });
  return scores.reduce((sum, z) => sum + z, 0) / Math.sqrt(scores.length);
}
