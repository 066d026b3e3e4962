// Loadings, betas and peers are estimated from the returns of the whole sample; mended, from the returns up to the last ten-day mark.
import { codeLeak } from "../planted-leak.js";
import { deskOf, finish, ordinaryFeatures } from "../draft.js";
import { type Desk, sheetOf } from "../pipeline/desk.js";
import { carried, correlation, logChange } from "../pipeline/panels.js";

type Structure = "first component" | "closest peer" | "beta" | "leader";
const structures: readonly Structure[] = ["first component", "closest peer", "beta", "leader"];

export const fullSampleStructure = codeLeak({
  kind: "full-sample structure",
  world: () => ({ names: 8 }),
  plan(draft) {
    const structure = draft.turn(structures);
    const window = 1 + draft.rng.int(10);
    const name = `against-${structure.replace(" ", "-")}-${window}`;
    return {
      place: `feature ${name}`,
      run: (world, leaky) => {
        const desk = deskOf(world, draft);
        const close = carried(world, world.close);
        const daily = logChange(close, desk.width, 1);
        const recent = logChange(close, desk.width, window);
        const known = new Map<number, Against>();
        const feature = sheetOf(desk, ({ closed }, i) => {
          const last = leaky ? desk.count - 1 : closed - (closed % 10);
          const against = known.get(last) ?? estimate(desk, daily.subarray(0, (last + 1) * desk.width), structure);
          known.set(last, against);
          return against(recent.subarray(closed * desk.width, (closed + 1) * desk.width), i);
        });
        return finish(desk, draft, { features: ordinaryFeatures(desk, draft).set(name, feature) });
      },
    };
  },
});

/** What is left of a name's move after what goes with it is taken off. */
type Against = (row: Float64Array, i: number) => number;

function estimate(desk: Desk, daily: Float64Array, structure: Structure): Against {
  const { width } = desk;
  const series = Array.from({ length: width }, (_, i) => daily.filter((_value, cell) => cell % width === i));
  if (structure === "first component") {
    const loading = firstComponent(series);
    return (row, i) => {
      let score = 0;
      for (let j = 0; j < width; j++) score += (loading[j] as number) * zero(row[j]);
      return (row[i] as number) - (loading[i] as number) * score;
    };
  }
  if (structure === "beta") {
    const market = (series[0] as Float64Array).map((_, t) => series.reduce((sum, own) => sum + zero(own[t]), 0) / width);
    const betas = series.map((own) => product(own, market) / product(market, market));
    return (row, i) => (row[i] as number) - (betas[i] as number) * (row.reduce((sum, value) => sum + zero(value), 0) / width);
  }
  const lag = structure === "leader" ? 1 : 0;
  const peers = series.map((own, i) => {
    let best = -1;
    let most = Number.NEGATIVE_INFINITY;
    for (const [j, other] of series.entries()) {
      const along = j === i ? Number.NaN : correlation(own.subarray(lag), other);
      if (along > most) [best, most] = [j, along];
    }
    return best;
  });
  return (row, i) => (lag === 0 ? (row[i] as number) : 0) - (row[peers[i] as number] ?? Number.NaN);
}

/** By repeated multiplication with the matrix of cross products. */
function firstComponent(series: readonly Float64Array[]): readonly number[] {
  const cross = series.map((a) => series.map((b) => product(a, b)));
  let loading = series.map(() => 1);
  for (let round = 0; round < 12; round++) {
    const next = cross.map((row) => row.reduce((sum, value, j) => sum + value * (loading[j] as number), 0));
    const length = Math.sqrt(next.reduce((sum, value) => sum + value * value, 0));
    loading = next.map((value) => value / length);
  }
  return loading;
}

function product(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let t = 0; t < a.length; t++) sum += zero(a[t]) * zero(b[t]);
  return sum;
}

const zero = (value: number | undefined): number => (Number.isFinite(value) ? (value as number) : 0);
