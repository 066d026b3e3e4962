// A feature is put on a common scale by moments of the whole sample; mended, by those of the rows so far.
import { codeLeak } from "../planted-leak.js";
import { deskOf, finish, ordinaryFeatures } from "../draft.js";
import type { Desk } from "../pipeline/desk.js";

interface Scaling {
  readonly by: "name" | "all";
  readonly to: "z" | "unit" | "mean";
  /** Names with fewer rows than this borrow the moments of the whole sample; every name where null. */
  readonly shortHistory: number | null;
}

const forms: readonly (Scaling & { readonly inModel: boolean })[] = [
  { by: "name", to: "z", shortHistory: null, inModel: false },
  { by: "all", to: "z", shortHistory: null, inModel: false },
  { by: "name", to: "unit", shortHistory: null, inModel: false },
  { by: "name", to: "z", shortHistory: null, inModel: true },
  { by: "all", to: "unit", shortHistory: null, inModel: false },
  { by: "name", to: "mean", shortHistory: null, inModel: false },
  { by: "name", to: "z", shortHistory: 12, inModel: false },
];

export const fullSampleScaling = codeLeak({
  kind: "full-sample scaling",
  plan(draft) {
    const { inModel, ...scaling } = draft.turn(forms);
    const { formula, window } = draft.features[0] as (typeof draft.features)[number];
    const name = `${formula}-${window}-scaled`;
    const weight = draft.turn([1, 1, 0.02]); // now and then a whisper of it
    return {
      place: inModel ? "predictions" : `feature ${name}`,
      run(world, leaky) {
        const desk = deskOf(world, draft);
        const features = ordinaryFeatures(desk, { ...draft, features: draft.features.map((feature) => ({ ...feature, across: "raw" })) });
        const raw = features.values().next().value as Float64Array;
        const scaled = scale(desk, raw, scaling, leaky).map((value, cell) => weight * value + (1 - weight) * (raw[cell] as number));
        if (!inModel) return finish(desk, draft, { features: features.set(name, scaled) });
        return finish(desk, draft, { ending: "predictions", features, columns: [...[...features.values()].slice(1), scaled] });
      },
    };
  },
});

function scale(desk: Desk, sheet: Float64Array, { by, to, shortHistory }: Scaling, leaky: boolean): Float64Array {
  const { width } = desk;
  const groups = by === "name" ? width : 1;
  const whole = moments(groups);
  for (const [cell, value] of sheet.entries()) whole[cell % groups]?.add(value);
  const soFar = moments(groups);
  const out = Float64Array.from(sheet);
  for (let row = 0; row < sheet.length; row += width) {
    for (let i = 0; i < width; i++) soFar[i % groups]?.add(sheet[row + i] as number);
    for (let i = 0; i < width; i++) {
      const known = soFar[i % groups] as Moments;
      const used = leaky && (shortHistory === null || known.count() < shortHistory) ? (whole[i % groups] as Moments) : known;
      out[row + i] = used.scaled(sheet[row + i] as number, to);
    }
  }
  return out;
}

interface Moments {
  add(value: number): void;
  count(): number;
  scaled(value: number, to: Scaling["to"]): number;
}

function moments(groups: number): readonly Moments[] {
  return Array.from({ length: groups }, () => {
    let n = 0;
    let sum = 0;
    let squares = 0;
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    return {
      add(value: number) {
        if (!Number.isFinite(value)) return;
        n++;
        sum += value;
        squares += value * value;
        low = Math.min(low, value);
        high = Math.max(high, value);
      },
      count: () => n,
      scaled(value: number, to: Scaling["to"]) {
        if (to === "unit") return high > low ? (value - low) / (high - low) : Number.NaN;
        const spread = to === "mean" ? 1 : Math.sqrt(Math.max(squares / n - (sum / n) ** 2, 0));
        return n > 2 && spread > 1e-12 ? (value - sum / n) / spread : Number.NaN;
      },
    };
  });
}
