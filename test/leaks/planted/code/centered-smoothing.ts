// A series is smoothed by a window that reaches to both sides; mended, by the same weights over the past alone.
import { codeLeak } from "../planted-leak.js";
import { deskOf, finish, ordinaryFeatures } from "../draft.js";
import { atDecisions } from "../pipeline/desk.js";
import { carried, quantile } from "../pipeline/panels.js";

type Filter = "mean" | "triangle" | "there-and-back" | "median" | "parabola";
const filters: readonly Filter[] = ["mean", "there-and-back", "triangle", "median", "parabola"];

export const centeredSmoothing = codeLeak({
  kind: "centered smoothing",
  plan(draft) {
    const filter = draft.turn(filters);
    const half = draft.turn([3, 1, 5, 2]);
    const series = draft.turn(["close", "volume", "range", "close"] as const, 2);
    const name = `${filter}-${half}-of-${series}`;
    return {
      place: `feature ${name}`,
      run(world, leaky) {
        const desk = deskOf(world, draft);
        const features = ordinaryFeatures(desk, draft);
        const close = carried(world, world.close);
        const panel =
          series === "close"
            ? close.map(Math.log)
            : series === "volume"
              ? carried(world, world.volume).map((value) => Math.log(value + 1))
              : carried(
                  world,
                  world.high.map((high, cell) => high / (world.low[cell] as number) - 1),
                );
        const smooth = smoothed(panel, desk.width, filter, half, leaky);
        const deviation = panel.map((value, cell) => value - (smooth[cell] as number));
        return finish(desk, draft, { features: features.set(name, atDecisions(desk, deviation)) });
      },
    };
  },
});

/** Offsets run from -half to +half, or, mended, from -2 half to 0. */
function smoothed(panel: Float64Array, width: number, filter: Filter, half: number, centered: boolean): Float64Array {
  if (filter === "there-and-back") return exponential(panel, width, 1 / (half + 1), centered);
  const out = new Float64Array(panel.length).fill(Number.NaN);
  const shift = centered ? 0 : -half;
  for (let cell = 0; cell < panel.length; cell++) {
    const values: number[] = [];
    let sum = 0;
    let total = 0;
    for (let k = -half; k <= half; k++) {
      const value = panel[cell + (k + shift) * width] ?? Number.NaN;
      if (!Number.isFinite(value)) continue;
      const u = k / (half + 1);
      const weight = filter === "triangle" ? 1 - Math.abs(u) : filter === "parabola" ? 1 - u * u : 1;
      values.push(value);
      sum += weight * value;
      total += weight;
    }
    if (values.length > half) out[cell] = filter === "median" ? quantile(values, 0.5) : sum / total;
  }
  return out;
}

/** Run forward, and backward over the result so that it does not lag. */
function exponential(panel: Float64Array, width: number, rate: number, backward: boolean): Float64Array {
  const out = Float64Array.from(panel);
  const pass = (from: number, to: number, step: number): void => {
    let level = Number.NaN;
    for (let cell = from; cell !== to; cell += step) {
      const value = out[cell] as number;
      if (Number.isNaN(value)) continue;
      level = Number.isNaN(level) ? value : level + rate * (value - level);
      out[cell] = level;
    }
  };
  const rows = panel.length / width;
  for (let i = 0; i < width; i++) {
    pass(i, i + rows * width, width);
    if (backward) pass(i + (rows - 1) * width, i - width, -width);
  }
  return out;
}
