// Features and labels are joined and rows without a sound label are dropped before anything is predicted: whether a row exists tells what
// became of it. Mended, rows are dropped from training only.
import { codeLeak } from "../planted-leak.js";
import { deskOf, finish, ordinaryFeatures } from "../draft.js";
import { sheetOfFormula } from "../pipeline/formulas.js";
import { forwardLabels } from "../pipeline/labels.js";
import { walkForward } from "../pipeline/walk.js";

/** Wild labels, labels that could not be had at all, days without a trade at the end, small moves "without information". */
type Drop = "wild" | "missing" | "small" | "losers of a gap";
const drops: readonly Drop[] = ["wild", "missing", "small", "losers of a gap"];

export const rowsDroppedByLabel = codeLeak({
  kind: "rows dropped by their label",
  plan(draft) {
    const drop = draft.turn(drops);
    const inFeatures = draft.turn([false, true], 4);
    const bar = 1.5 + 0.5 * draft.rng.int(3);
    const feature = draft.features[0] as (typeof draft.features)[number];
    return {
      place: inFeatures ? `feature joined-${feature.formula}` : "predictions",
      run: (world, leaky) => {
        const desk = deskOf(world, draft);
        const features = ordinaryFeatures(desk, draft);
        const labels = forwardLabels(desk, "return", draft.horizon);
        const risk = sheetOfFormula(desk, "volatility", 20);
        const sound = (cell: number): boolean => {
          const label = labels.value[cell] as number;
          const usual = (risk[cell] as number) * Math.sqrt(draft.horizon);
          if (drop === "missing") return Number.isFinite(label);
          if (drop === "small") return !(Math.abs(label) < 0.2 * usual);
          return drop === "wild" ? !(Math.abs(label) > bar * usual) : !(label < -bar * usual);
        };
        const kept = (sheet: Float64Array, also: boolean): Float64Array =>
          sheet.map((value, cell) => (!also || sound(cell) ? value : Number.NaN));
        const learned = { ...labels, value: kept(labels.value, true) };
        const guess = walkForward(desk, [...features.values()], learned, draft.fit, draft.walk);
        const joined = [...features.values()][0] as Float64Array;
        features.set(`joined-${feature.formula}`, kept(joined, leaky && inFeatures));
        return finish(desk, draft, { ending: draft.turn(["predictions", "fills"]), features, labels, predictions: kept(guess, leaky) });
      },
    };
  },
});
