// Outliers are cut, or values put into buckets, at quantiles of the whole sample; mended, at quantiles of the rows so far.
import { codeLeak } from "../planted-leak.js";
import { deskOf, finish, ordinaryFeatures } from "../draft.js";
import { type Desk, sheetOf } from "../pipeline/desk.js";
import { sheetOfFormula } from "../pipeline/formulas.js";
import { finite, quantile } from "../pipeline/panels.js";

/** Clipped at both ends, put to NaN beyond them, numbered by bucket, flagged as high. */
type Use = "clip" | "bucket" | "drop" | "flag";

export const fullSampleQuantiles = codeLeak({
  kind: "full-sample quantiles",
  plan(draft) {
    const use = draft.turn(["clip", "bucket", "drop", "flag"] as readonly Use[]);
    const tail = draft.turn([0.05, 0.01, 0.02], 2);
    const byName = draft.turn([false, true]);
    const formula = draft.turn(["momentum", "turnover", "volatility", "range", "gap"] as const);
    const window = 4 + draft.rng.int(18);
    const name = `${formula}-${window}-${use}`;
    return {
      place: `feature ${name}`,
      run: (world, leaky) => {
        const desk = deskOf(world, draft);
        const cut = cutAt(desk, sheetOfFormula(desk, formula, window), { use, tail, byName, leaky });
        return finish(desk, draft, { features: ordinaryFeatures(desk, draft).set(name, cut) });
      },
    };
  },
});

interface Cutting {
  readonly use: Use;
  readonly tail: number;
  readonly byName: boolean;
  readonly leaky: boolean;
}

function cutAt(desk: Desk, sheet: Float64Array, { use, tail, byName, leaky }: Cutting): Float64Array {
  const { width } = desk;
  const shares = use === "bucket" ? [0.2, 0.4, 0.6, 0.8] : [tail, 1 - tail];
  const edgesOf = (rows: number, i: number): readonly number[] => {
    const part = sheet.subarray(0, rows * width);
    const values = finite(byName ? part.filter((_value, cell) => cell % width === i) : part);
    return shares.map((share) => quantile(values, share));
  };
  // Quantiles so far are renewed every tenth decision.
  const kept = new Map<string, readonly number[]>();
  return sheetOf(desk, (_, i, d) => {
    const rows = leaky ? desk.decisions.length : d - (d % 10) + 1;
    const key = `${rows}/${byName ? i : 0}`;
    const edges = kept.get(key) ?? edgesOf(rows, i);
    kept.set(key, edges);
    const value = sheet[d * width + i] as number;
    const [low, high] = [edges[0] as number, edges.at(-1) as number];
    if (!Number.isFinite(value) || Number.isNaN(low)) return value;
    if (use === "bucket") return edges.filter((edge) => value > edge).length;
    if (use === "flag") return value > high ? 1 : 0;
    if (use === "drop") return value < low || value > high ? Number.NaN : value;
    return Math.min(Math.max(value, low), high);
  });
}
