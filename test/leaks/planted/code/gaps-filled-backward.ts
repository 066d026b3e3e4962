// Days without a value are filled from the next one, or by a line to it; mended, from the last one.
import { codeLeak } from "../planted-leak.js";
import { deskOf, finish, ordinaryFeatures } from "../draft.js";
import { atDecisions } from "../pipeline/desk.js";
import { sheetOfFact } from "../pipeline/formulas.js";
import { logChange, mean, rolling } from "../pipeline/panels.js";

type Way = "next" | "line" | "nearest";

export const gapsFilledBackward = codeLeak({
  kind: "gaps filled backward",
  world: (draft) => ({ gapRate: draft.turn([0.06, 0.1, 0.04]), lateShare: 0.3, topics: ["earnings"] }),
  plan(draft) {
    const way = draft.turn(["next", "line", "nearest"] as readonly Way[]);
    const series = draft.turn(["close", "volume", "close", "eps"] as const);
    const reach = draft.turn([1000, 4, 8], 2); // rows a fill may span
    const window = 2 + draft.rng.int(12);
    const name = `${series}-filled-${window}`;
    return {
      place: `feature ${name}`,
      run: (world, leaky) => {
        const desk = deskOf(world, draft);
        const { width } = desk;
        const fill = (panel: Float64Array): Float64Array => filled(panel, width, leaky ? way : "last", reach);
        const close = fill(world.close);
        const volume = fill(world.volume);
        const usual = rolling(volume, width, window, mean);
        const feature =
          series === "eps"
            ? fill(sheetOfFact(desk, window % 2 === 0 ? "growth" : "surprise", window))
            : atDecisions(
                desk,
                series === "close" ? logChange(close, width, window) : volume.map((value, cell) => value / (usual[cell] as number)),
              );
        return finish(desk, draft, { features: ordinaryFeatures(desk, draft).set(name, feature) });
      },
    };
  },
});

function filled(panel: Float64Array, width: number, way: Way | "last", reach: number): Float64Array {
  const out = Float64Array.from(panel);
  const rows = panel.length / width;
  for (let i = 0; i < width; i++) {
    let last = -1;
    for (let r = 0; r <= rows; r++) {
      if (r < rows && Number.isNaN(panel[r * width + i])) continue;
      // Rows last+1 .. r-1 have no value; r has one, unless the panel ends there.
      for (let k = last + 1; k < r; k++) {
        const before = k - last <= reach && last >= 0 ? (panel[last * width + i] as number) : Number.NaN;
        const after = r < rows && r - k <= reach ? (panel[r * width + i] as number) : Number.NaN;
        out[k * width + i] = between(way, before, after, (k - last) / (r - last));
      }
      last = r;
    }
  }
  return out;
}

function between(way: Way | "last", before: number, after: number, share: number): number {
  if (way === "last" || Number.isNaN(after)) return before;
  if (way === "next" || Number.isNaN(before)) return after;
  return way === "line" ? before + share * (after - before) : share <= 0.5 ? before : after;
}
