// The regime of a day is told with the days that followed: smoothed chances, the likeliest path, a majority around it; mended, filtered
// forward. Two states of quiet and storm over the market's return, with given parameters.
import { codeLeak } from "../planted-leak.js";
import { deskOf, finish, ordinaryFeatures } from "../draft.js";
import { sheetOf } from "../pipeline/desk.js";
import { sheetOfFormula } from "../pipeline/formulas.js";
import { carried, finite, logChange, mean } from "../pipeline/panels.js";

type Way = "smoothed" | "likeliest path" | "majority around";

export const regimesSmoothed = codeLeak({
  kind: "regimes smoothed",
  plan(draft) {
    const way = draft.turn(["smoothed", "likeliest path", "majority around"] as readonly Way[]);
    const stay = draft.turn([0.95, 0.9, 0.97]);
    const use = draft.turn(["regime", "momentum in storms"] as const, 3);
    const window = 5 + draft.rng.int(15);
    const name = `${use.replaceAll(" ", "-")}-${window}`;
    return {
      place: `feature ${name}`,
      run: (world, leaky) => {
        const desk = deskOf(world, draft);
        const daily = logChange(carried(world, world.close), desk.width, 1);
        const market = world.sessions.map((_, s) => {
          const moves = finite(daily.subarray(s * desk.width, (s + 1) * desk.width));
          return moves.length === 0 ? 0 : mean(moves);
        });
        const storm = stormChance(market, stay, leaky ? way : "filtered");
        const rise = sheetOfFormula(desk, "momentum", window);
        const feature = sheetOf(desk, ({ closed }, i, d) => {
          const chance = storm[closed] as number;
          return use === "regime" ? chance : (rise[d * desk.width + i] as number) * (chance > 0.5 ? 1 : 0.25);
        });
        return finish(desk, draft, { features: ordinaryFeatures(desk, draft).set(name, feature) });
      },
    };
  },
});

const spreads = [0.007, 0.017] as const; // of the market's return on a quiet and on a stormy day

function stormChance(market: readonly number[], stay: number, way: Way | "filtered"): readonly number[] {
  const odds = market.map((move) => spreads.map((spread) => Math.exp(-0.5 * (move / spread) ** 2) / spread) as [number, number]);
  if (way === "likeliest path") return likeliestPath(odds, stay);
  let quiet = 0.7;
  const forward = odds.map(([a, b]) => {
    const before = stay * quiet + (1 - stay) * (1 - quiet);
    quiet = (before * a) / (before * a + (1 - before) * b);
    return 1 - quiet;
  });
  if (way === "filtered") return forward;
  if (way === "majority around")
    return forward.map((_, s) => mean(forward.slice(Math.max(s - 3, 0), s + 4).map((chance) => Math.round(chance))));
  const smoothed = [...forward];
  let [later0, later1] = [1, 1];
  for (let s = forward.length - 2; s >= 0; s--) {
    const [a, b] = odds[s + 1] as [number, number];
    [later0, later1] = [stay * a * later0 + (1 - stay) * b * later1, (1 - stay) * a * later0 + stay * b * later1];
    const total = later0 + later1;
    [later0, later1] = [later0 / total, later1 / total];
    const stormy = forward[s] as number;
    smoothed[s] = (stormy * later1) / (stormy * later1 + (1 - stormy) * later0);
  }
  return smoothed;
}

/** Viterbi 1967. */
function likeliestPath(odds: readonly (readonly [number, number])[], stay: number): readonly number[] {
  let score: [number, number] = [0, -1];
  const from: [number, number][] = [];
  for (const [a, b] of odds) {
    const step = (to: 0 | 1): [number, number] => {
      const same = score[to] + Math.log(stay);
      const other = (score[1 - to] as number) + Math.log(1 - stay);
      return same >= other ? [same, to] : [other, 1 - to];
    };
    const [quiet, storm] = [step(0), step(1)];
    from.push([quiet[1], storm[1]]);
    score = [quiet[0] + Math.log(a), storm[0] + Math.log(b)];
  }
  const path: number[] = [];
  let state = score[1] > score[0] ? 1 : 0;
  for (let s = odds.length - 1; s >= 0; s--) {
    path[s] = state;
    state = (from[s] as [number, number])[state] as number;
  }
  return path;
}
