// Prices are divided by splits and dividends that came later, and their level is a feature: a low price of old tells of splits to come.
// The clean twin has raw prices and the splits as facts, or asks only for what a factor on a name's prices does not change.
import { DAY_US, HOUR_US, type Micros } from "#domain/time.js";
import { createRng } from "#base/rng.js";
import type { World, WorldFact } from "#research/leaks/subject.js";
import { type Draft, deskOf, finish } from "../draft.js";
import { dataLeak } from "../planted-leak.js";
import { type Desk, sheetOf } from "../pipeline/desk.js";
import { sheetOfFormula } from "../pipeline/formulas.js";
import { forwardLabels, type Labels } from "../pipeline/labels.js";
import { declared, inOrder } from "../worlds/vendors.js";

type Level = "log price" | "cheap" | "money traded" | "distance to a round price";
const levels: readonly Level[] = ["log price", "cheap", "money traded", "distance to a round price"];

/** Every third twin mends the code, the others the data. */
const mendsCode = (draft: Draft): boolean => draft.variant % 3 === 2;

/** A split divides prices and multiplies volumes: the money traded is the same, and there is nothing to see in it. Dividends change it. */
const basisOf = (draft: Draft): "splits" | "full" =>
  draft.turn(levels) === "money traded" ? "full" : draft.turn(["splits", "full"] as const);

export const adjustedPriceLevels = dataLeak({
  kind: "adjusted price levels",
  spoil: (honest, draft) => declared(honest, draft, { priceBasis: basisOf(draft) }),
  mend: (honest, draft) =>
    mendsCode(draft) ? { ...honest, provenance: { ...honest.provenance, priceBasis: "full" } } : rawPrices(honest, draft),
  plan(draft) {
    const level = draft.turn(levels);
    const window = 5 + draft.rng.int(15);
    return {
      place: "world",
      run(world, leaky) {
        const desk = deskOf(world, draft);
        const features = new Map([["range", sheetOfFormula(desk, "range", window)]]);
        if (!leaky && mendsCode(draft)) features.set("high", sheetOfFormula(desk, "high", window));
        else
          features.set(
            level,
            sheetOf(desk, ({ closed }, i) => levelOf(desk, level, closed * desk.width + i)),
          );
        const labels = withSplits(desk, forwardLabels(desk, "return", draft.horizon));
        return finish(desk, draft, { features, ...(draft.ending === "features" ? {} : { labels }) });
      },
    };
  },
});

function levelOf({ world }: Desk, level: Level, cell: number): number {
  const price = world.close[cell] as number;
  if (level === "cheap") return Number.isNaN(price) ? Number.NaN : price < 30 ? 1 : 0;
  if (level === "money traded") return Math.log(price * (world.volume[cell] as number) + 1);
  return level === "log price" ? Math.log(price) : price / 10 - Math.round(price / 10);
}

/** The made prices are taken for adjusted ones; a split of 2, 3 or 4 for one, with the shares traded, makes the raw prices before it. */
function rawPrices(adjusted: World, draft: Draft): World {
  const rng = createRng(`${draft.variant} splits`);
  const { sessions, symbols } = adjusted;
  const width = symbols.length;
  const raw = {
    ...adjusted,
    open: adjusted.open.slice(),
    high: adjusted.high.slice(),
    low: adjusted.low.slice(),
    close: adjusted.close.slice(),
  };
  const volume = adjusted.volume.slice();
  const facts: WorldFact[] = [];
  for (let i = 0; i < width; i++) {
    if (i > 0 && rng.next() < 0.4) continue;
    const s = Math.floor(sessions.length * (0.4 + 0.5 * rng.next()));
    const value = 2 + rng.int(3);
    for (let cell = i; cell < s * width; cell += width) {
      for (const column of [raw.open, raw.high, raw.low, raw.close]) column[cell] = (column[cell] as number) * value;
      volume[cell] = Math.round((volume[cell] as number) / value);
    }
    const openAt = sessions[s]?.openAt as Micros;
    const about = (openAt - (openAt % DAY_US)) as Micros;
    facts.push({ name: "split", symbol: i, about, publishedAt: (about + 11 * HOUR_US) as Micros, value });
  }
  return { ...raw, volume, facts: inOrder([...adjusted.facts, ...facts]) };
}

/** Returns over a split are those of its holder. */
function withSplits({ world, width }: Desk, labels: Labels): Labels {
  const splits = world.facts.filter(({ name }) => name === "split");
  const value = labels.value.map((change, cell) => {
    const during = splits.filter(
      ({ symbol, publishedAt }) =>
        symbol === cell % width &&
        (publishedAt as number) > (labels.startAt[cell] as number) &&
        (publishedAt as number) <= (labels.endAt[cell] as number),
    );
    return during.reduce((sum, split) => sum + Math.log(split.value), change);
  });
  return { ...labels, value };
}
