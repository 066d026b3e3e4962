// A category is replaced by the mean label of its members over the whole sample; mended, over labels that have ended.
import { codeLeak } from "../planted-leak.js";
import { deskOf, finish, ordinaryFeatures } from "../draft.js";
import { type Desk, sheetOf } from "../pipeline/desk.js";
import { sheetOfFacts, whenPublished } from "../pipeline/facts-known.js";
import { sheetOfFormula } from "../pipeline/formulas.js";
import { forwardLabels, type Labels } from "../pipeline/labels.js";

type Category = "sector" | "name" | "weekday" | "sector-and-trend" | "size";
const categories: readonly Category[] = ["sector", "name", "weekday", "sector-and-trend", "size"];

export const targetEncoding = codeLeak({
  kind: "target encoding",
  world: () => ({ topics: ["sector"] }),
  plan(draft) {
    const category = draft.turn(categories);
    const prior = draft.turn([0, 20, 200]); // labels' worth of the grand mean
    const leaveOwnOut = draft.turn([false, false, true]);
    const name = `mean-label-of-${category}`;
    return {
      place: `feature ${name}`,
      run(world, leaky) {
        const desk = deskOf(world, draft);
        const labels = forwardLabels(desk, draft.labelKind, draft.horizon);
        const encoded = encode(desk, categoriesOf(desk, category), labels, prior, leaky ? leaveOwnOut : null);
        const features = ordinaryFeatures(desk, draft).set(name, encoded);
        return finish(desk, draft, { features, ...(draft.ending === "features" ? {} : { labels }) });
      },
    };
  },
});

function categoriesOf(desk: Desk, category: Category): Float64Array {
  const { world, width } = desk;
  const sector = sheetOfFacts(desk, "sector", whenPublished, (values) => values.at(-1) as number);
  if (category === "sector") return sector;
  if (category === "name") return sheetOf(desk, (_, i) => i);
  if (category === "weekday") return sheetOf(desk, ({ at }) => Math.floor(at / 86_400e6 + 3) % 7);
  if (category === "size") return sheetOf(desk, ({ closed }, i) => Math.floor(Math.log((world.close[closed * width + i] as number) + 1)));
  const rise = sheetOfFormula(desk, "momentum", 10);
  return sector.map((value, cell) => 2 * value + ((rise[cell] as number) > 0 ? 1 : 0));
}

/** `leaveOwnOut` null: only labels that have ended at each decision count. A category without labels has the grand mean. */
function encode(desk: Desk, category: Float64Array, labels: Labels, prior: number, leaveOwnOut: boolean | null): Float64Array {
  const { value, endAt } = labels;
  const sums = new Map<number, { sum: number; count: number }>();
  const all = { sum: 0, count: 0 };
  const add = (cell: number): void => {
    const key = category[cell] as number;
    const label = value[cell] as number;
    if (!Number.isFinite(label) || !Number.isFinite(key)) return;
    const entry = sums.get(key) ?? { sum: 0, count: 0 };
    sums.set(key, { sum: entry.sum + label, count: entry.count + 1 });
    all.sum += label;
    all.count++;
  };
  if (leaveOwnOut !== null) for (let cell = 0; cell < value.length; cell++) add(cell);
  let next = 0;
  return sheetOf(desk, ({ at }, i, d) => {
    const cell = d * desk.width + i;
    // Labels end in the order of their decisions; a cell without a label has no end and is passed over.
    if (leaveOwnOut === null) for (; next < cell && !((endAt[next] as number) > at); next++) add(next);
    const { sum, count } = sums.get(category[cell] as number) ?? { sum: 0, count: 0 };
    const own = leaveOwnOut === true && Number.isFinite(value[cell]) ? 1 : 0;
    const grand = all.count === 0 ? Number.NaN : all.sum / all.count;
    const others = sum - (own === 1 ? (value[cell] as number) : 0);
    return count - own + prior === 0 ? grand : (others + prior * grand) / (count - own + prior);
  });
}
