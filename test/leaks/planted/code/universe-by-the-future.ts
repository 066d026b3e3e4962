// The names that are ranked are chosen by what became of them; mended, by what they were at each decision.
import { codeLeak } from "../planted-leak.js";
import { deskOf, finish, ordinaryFeatures } from "../draft.js";
import { type Desk, sheetOf } from "../pipeline/desk.js";
import { rankedAcross, sheetOfFormula } from "../pipeline/formulas.js";
import { finite, mean, quantile } from "../pipeline/panels.js";

/** Most money traded over the sample, traded on its last days, a full history, still traded in some weeks. */
type Choice = "most traded" | "still listed" | "full history" | "not soon gone" | "least stormy";
const choices: readonly Choice[] = ["most traded", "still listed", "full history", "not soon gone", "least stormy"];

export const universeByTheFuture = codeLeak({
  kind: "universe chosen by the future",
  world: () => ({ lateShare: 0.3, delistedShare: 0.3, gapRate: 0.03, names: 12 }),
  plan(draft) {
    const choice = draft.turn(choices);
    const weeks = draft.turn([4, 2, 6]);
    const formula = draft.turn(["momentum", "turnover", "trend"] as const);
    const window = 5 + draft.rng.int(15);
    const name = `${formula}-${window}-in-universe`;
    return {
      place: `feature ${name}`,
      run: (world, leaky) => {
        const desk = deskOf(world, draft);
        const raw = sheetOfFormula(desk, formula, window);
        const member = membership(desk, choice, weeks, leaky);
        const ranked = rankedAcross(
          desk,
          raw.map((value, cell) => ((member[cell] as number) > 0 ? value : Number.NaN)),
        );
        return finish(desk, draft, { features: ordinaryFeatures(desk, draft).set(name, ranked) });
      },
    };
  },
});

/** 1 for a member, looking at all sessions, or at those closed by each decision. */
function membership(desk: Desk, choice: Choice, weeks: number, leaky: boolean): Float64Array {
  const { world, width, count } = desk;
  const traded = (s: number, i: number): boolean => Number.isFinite(world.close[s * width + i]);
  const tradedIn = (from: number, to: number, i: number): number => {
    let days = 0;
    for (let s = Math.max(from, 0); s < Math.min(to, count); s++) if (traded(s, i)) days++;
    return days;
  };
  const over = (from: number, to: number): readonly number[] => {
    const start = Math.max(from, 0);
    if (choice === "most traded") return aboveMedian(world.symbols.map((_, i) => meanMoney(desk, start, to, i)));
    if (choice === "least stormy") return aboveMedian(world.symbols.map((_, i) => -meanRange(desk, start, to, i)));
    if (choice === "full history") return world.symbols.map((_, i) => (tradedIn(start, to, i) > 0.9 * (to - start) ? 1 : 0));
    return world.symbols.map((_, i) => (tradedIn(to - 10, to, i) > 0 ? 1 : 0));
  };
  const whole = leaky && choice !== "not soon gone" ? over(0, count) : null;
  const rows = new Map<number, readonly number[]>();
  return sheetOf(desk, ({ closed }, i) => {
    if (leaky && choice === "not soon gone") return tradedIn(closed + 1, closed + 1 + 5 * weeks, i) > 0 ? 1 : 0;
    const row = whole ?? rows.get(closed) ?? over(closed - 40, closed + 1);
    rows.set(closed, row);
    return row[i] as number;
  });
}

function aboveMedian(values: readonly number[]): readonly number[] {
  const middle = quantile(finite(values), 0.5);
  return values.map((value) => (value >= middle ? 1 : 0));
}

function meanMoney({ world, width }: Desk, from: number, to: number, i: number): number {
  const money: number[] = [];
  for (let s = from; s < to; s++) money.push((world.close[s * width + i] as number) * (world.volume[s * width + i] as number));
  return mean(finite(money));
}

function meanRange({ world, width }: Desk, from: number, to: number, i: number): number {
  const ranges: number[] = [];
  for (let s = from; s < to; s++) ranges.push((world.high[s * width + i] as number) / (world.low[s * width + i] as number));
  return mean(finite(ranges));
}
