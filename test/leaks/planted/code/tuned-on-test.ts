// A setting is the one that scored best over the whole walk-forward, and the walk-forward is then reported with it; mended, at each decision
// the one that has scored best on labels that have ended.
import { codeLeak } from "../planted-leak.js";
import { type Draft, deskOf, finish, ordinaryFeatures, unhurried } from "../draft.js";
import { blankSheet, type Decision, type Desk } from "../pipeline/desk.js";
import { sheetOfFormula, standardisedAcross } from "../pipeline/formulas.js";
import { forwardLabels, type Labels } from "../pipeline/labels.js";
import { fitNeighbours, fitRidge } from "../pipeline/models.js";
import { walkForward } from "../pipeline/walk.js";

type Setting = "penalty" | "neighbours" | "look-back" | "training window" | "blend";
type Score = "product" | "hits" | "error";

export const tunedOnTest = codeLeak({
  kind: "tuned on the test",
  passedOver: { 5: 1 },
  plan(draft) {
    const study = unhurried(draft);
    const setting = draft.turn(["look-back", "neighbours", "training window", "penalty", "blend"] as readonly Setting[]);
    const score = draft.turn(["product", "error", "hits"] as readonly Score[]);
    const soft = setting === "blend";
    return {
      place: "predictions",
      run: (world, leaky) => {
        const desk = deskOf(world, study);
        const features = ordinaryFeatures(desk, study);
        const labels = forwardLabels(desk, study.labelKind, study.horizon);
        const tried = candidates(desk, study, setting, [...features.values()], labels);
        const predictions = choose(desk, tried, labels, score, { soft, leaky });
        return finish(desk, study, { ending: draft.turn(["predictions", "predictions", "fills"]), features, labels, predictions });
      },
    };
  },
});

function candidates(desk: Desk, { walk }: Draft, setting: Setting, columns: readonly Float64Array[], labels: Labels): Float64Array[] {
  switch (setting) {
    case "look-back":
    case "blend":
      return [3, 6, 10, 15, 22, 31].map((window, k) =>
        standardisedAcross(desk, sheetOfFormula(desk, "momentum", window)).map((value) => (k % 2 === 0 ? value : -value) / 100),
      );
    case "neighbours":
      return [2, 5, 12, 30].map((k) => walkForward(desk, columns, labels, (c, y, t) => fitNeighbours(c, y, t, k), walk));
    case "penalty":
      return [1, 30, 300, 3_000].map((penalty) => walkForward(desk, columns, labels, (c, y, t) => fitRidge(c, y, t, penalty), walk));
    case "training window":
      return [8, 13, 20, 40].map((window) =>
        walkForward(desk, columns, labels, (c, y, t) => fitRidge(c, y, t, 5), { ...walk, window, first: Math.max(walk.first, 12) }),
      );
  }
}

function choose(
  desk: Desk,
  tried: readonly Float64Array[],
  labels: Labels,
  score: Score,
  { soft, leaky }: { soft: boolean; leaky: boolean },
): Float64Array {
  const scores = tried.map(() => 0);
  let next = 0;
  const learn = (cell: number): void => {
    const label = labels.value[cell] as number;
    if (!Number.isFinite(label)) return;
    for (const [k, sheet] of tried.entries()) {
      const guess = sheet[cell] as number;
      if (!Number.isFinite(guess)) continue;
      const gain = score === "product" ? guess * label : score === "hits" ? Math.sign(guess * label) : -((guess - label) ** 2);
      scores[k] = (scores[k] as number) + gain;
    }
  };
  if (leaky) for (; next < labels.value.length; next++) learn(next);
  const out = blankSheet(desk);
  for (const [d, { at }] of desk.decisions.entries() as IterableIterator<[number, Decision]>) {
    const from = d * desk.width;
    for (; next < from && !((labels.endAt[next] as number) > at); next++) learn(next);
    const best = scores.indexOf(Math.max(...scores));
    const least = Math.min(...scores);
    const total = scores.reduce((sum, value) => sum + value - least, 0);
    for (let cell = from; cell < from + desk.width; cell++)
      out[cell] =
        soft && total > 0
          ? tried.reduce((sum, sheet, k) => sum + (((scores[k] as number) - least) / total) * (sheet[cell] as number), 0)
          : ((tried[best] as Float64Array)[cell] as number);
  }
  return out;
}
