// Predictions are turned, scaled or cut by how they went over the whole test; mended, by how they have gone up to each decision.
import { codeLeak } from "../planted-leak.js";
import { deskOf, finish, ordinaryFeatures } from "../draft.js";
import { type Desk, sheetOf } from "../pipeline/desk.js";
import { forwardLabels, type Labels } from "../pipeline/labels.js";
import { deviation, finite, mean, quantile } from "../pipeline/panels.js";
import { walkForward } from "../pipeline/walk.js";

/** The sign by total success; a line to the label; deviations from the mean prediction; only the best tenth of all. */
type Calibration = "slope" | "sign" | "standard" | "best tenth";

export const calibratedOnTest = codeLeak({
  kind: "calibrated on the test",
  passedOver: { 8: 2, 17: 2 },
  plan(draft) {
    const calibration = draft.turn(["slope", "standard", "best tenth", "sign"] as readonly Calibration[]);
    return {
      place: "predictions",
      run: (world, leaky) => {
        const desk = deskOf(world, draft);
        const features = ordinaryFeatures(desk, draft);
        const labels = forwardLabels(desk, draft.labelKind, draft.horizon);
        const raw = walkForward(desk, [...features.values()], labels, draft.fit, draft.walk);
        const predictions = calibrate(desk, raw, labels, calibration, leaky);
        return finish(desk, draft, { ending: draft.turn(["predictions", "fills"], 2), features, labels, predictions });
      },
    };
  },
});

function calibrate(desk: Desk, raw: Float64Array, labels: Labels, calibration: Calibration, leaky: boolean): Float64Array {
  const { width } = desk;
  if (calibration === "standard" || calibration === "best tenth") {
    const judged = (values: readonly number[]): ((value: number) => number) => {
      if (calibration === "best tenth") {
        const bar = quantile(values, 0.9);
        return (value) => (value >= bar ? value : Number.NaN);
      }
      const [center, spread] = [mean(values), deviation(values)];
      return (value) => (value - center) / spread;
    };
    const whole = leaky ? judged(finite(raw)) : null;
    let row = -1;
    let soFar = judged([]);
    return sheetOf(desk, (_, i, d) => {
      if (whole !== null) return whole(raw[d * width + i] as number);
      if (row !== d && d % 5 === 0) soFar = judged(finite(raw.subarray(0, (d + 1) * width)));
      row = d;
      return soFar(raw[d * width + i] as number);
    });
  }
  let xy = 0;
  let xx = 0;
  let next = 0;
  const learn = (cell: number): void => {
    const product = (raw[cell] as number) * (labels.value[cell] as number);
    if (!Number.isFinite(product)) return;
    xy += product;
    xx += (raw[cell] as number) ** 2;
  };
  if (leaky) for (; next < raw.length; next++) learn(next);
  return sheetOf(desk, ({ at }, i, d) => {
    for (; next < d * width && !((labels.endAt[next] as number) > at); next++) learn(next);
    const factor = xx === 0 ? 1 : calibration === "slope" ? xy / xx : Math.sign(xy) || 1;
    return factor * (raw[d * width + i] as number);
  });
}
