// What came of recent decisions is used before it has come: a running mean of labels, weights by recent success, a correction by the last
// errors. Mended, only what has ended counts.
import { codeLeak } from "../planted-leak.js";
import { deskOf, finish, ordinaryFeatures, overlapping } from "../draft.js";
import { type Decision, type Desk, sheetOf } from "../pipeline/desk.js";
import { forwardLabels, type Labels } from "../pipeline/labels.js";
import { walkForward } from "../pipeline/walk.js";

type Use = "last label" | "recent mean" | "weights" | "correction" | "online";
const uses: readonly Use[] = ["recent mean", "weights", "last label", "correction", "online"];

export const unripeLabels = codeLeak({
  kind: "unripe labels",
  plan(draft) {
    const study = overlapping(draft);
    const use = draft.turn(uses);
    const depth = 1 + draft.rng.int(6); // decisions averaged
    const name = `${use.replace(" ", "-")}-${depth}`;
    const inFeature = use === "last label" || use === "recent mean";
    return {
      place: inFeature ? `feature ${name}` : "predictions",
      run: (world, leaky) => {
        const desk = deskOf(world, study);
        const features = ordinaryFeatures(desk, study);
        const labels = forwardLabels(desk, study.labelKind, study.horizon);
        const known = knownRows(desk, labels, leaky);
        const recent = (sheet: Float64Array, take: number): Float64Array =>
          sheetOf(desk, (_, i, d) => meanOfLast(sheet, desk.width, i, known[d] as number, take));
        if (inFeature) features.set(name, recent(labels.value, use === "last label" ? 1 : depth));
        const columns = [...features.values()];
        if (inFeature) return finish(desk, study, { features, labels });
        const predictions = use === "correction" ? corrected() : adapted(desk, columns, labels, known, use === "online");
        return finish(desk, study, { ending: draft.turn(["predictions", "fills"]), features, labels, predictions });

        function corrected(): Float64Array {
          const guess = walkForward(desk, columns, labels, study.fit, study.walk);
          const errors = recent(
            guess.map((value, cell) => (labels.value[cell] as number) - value),
            depth,
          );
          return guess.map((value, cell) => value + (Number.isFinite(errors[cell]) ? 0.5 * (errors[cell] as number) : 0));
        }
      },
    };
  },
});

/** For each decision, one past the last decision whose labels may be looked at. */
function knownRows(desk: Desk, labels: Labels, leaky: boolean): readonly number[] {
  return desk.decisions.map(({ at }, d) => {
    if (leaky) return d;
    let row = d;
    while (row > 0 && !endedBy(desk, labels, row - 1, at)) row--;
    return row;
  });
}

function endedBy({ width }: Desk, { endAt }: Labels, row: number, at: Decision["at"]): boolean {
  return endAt.subarray(row * width, (row + 1) * width).some((end) => end <= at);
}

function meanOfLast(sheet: Float64Array, width: number, i: number, known: number, take: number): number {
  let sum = 0;
  let count = 0;
  for (let row = known - 1; row >= 0 && count < take && row > known - 30; row--) {
    const value = sheet[row * width + i] as number;
    if (!Number.isFinite(value)) continue;
    sum += value;
    count++;
  }
  return count === 0 ? Number.NaN : sum / count;
}

/** A weight for each feature: the decayed mean of its product with the label, or a step down the gradient after each decision. */
function adapted(desk: Desk, columns: readonly Float64Array[], labels: Labels, known: readonly number[], online: boolean): Float64Array {
  const weights = columns.map(() => 0);
  let learned = 0;
  const learn = (cell: number): void => {
    const label = labels.value[cell] as number;
    const x = columns.map((column) => Math.max(-3, Math.min(3, column[cell] as number)));
    if (!Number.isFinite(label) || !x.every(Number.isFinite)) return;
    const error = online ? label - x.reduce((sum, value, k) => sum + value * (weights[k] as number), 0) : label;
    for (const [k, value] of x.entries()) weights[k] = (online ? 1 : 0.98) * (weights[k] as number) + 0.02 * error * value;
  };
  return sheetOf(desk, (_, i, d) => {
    for (; learned < (known[d] as number) * desk.width; learned++) learn(learned);
    return columns.reduce((sum, column, k) => sum + (weights[k] as number) * (column[d * desk.width + i] as number), 0);
  });
}
