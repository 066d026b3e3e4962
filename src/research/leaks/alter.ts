// Other futures: the world as it was up to a moment, and from there on different values in the same cells. Which names trade, and when,
// stays as it was, so that code which counts rows or waits for the future to exist sees nothing unusual. Bars stay possible bars.
import type { Rng } from "#base/rng.js";
import { firstUnclosed, isRunning, knownAt } from "./known.js";
import type { World, WorldFact } from "./subject.js";

/**
 * `wild`: each name's returns scaled, turned or kept, with noise on top; `flipped`: returns with the other sign; `shuffled`: the later days in
 * another order; `tenfold`: prices and volumes times ten; `constant`: nothing moves any more.
 */
export const futures = ["wild", "flipped", "shuffled", "tenfold", "constant"] as const;
export type Future = (typeof futures)[number];

/** What is altered: all of it, or one source alone. */
export type Altered = "all" | "bars" | "facts";

/** Chance comes from `rng` alone. The given world is left as it is. */
export function alterFuture(world: World, moment: number, future: Future, rng: Rng, altered: Altered = "all"): World {
  const bars = altered === "facts" ? {} : alterBars(world, moment, future, rng.fork("bars"));
  const facts = altered === "bars" ? world.facts : alterFacts(world.facts, moment, future, rng.fork("facts"));
  return { ...world, ...bars, facts };
}

type Bars = Pick<World, "open" | "high" | "low" | "close" | "volume">;

function alterBars(world: World, moment: number, future: Future, rng: Rng): Bars {
  const n = world.symbols.length;
  const from = firstUnclosed(world, moment);
  const rows = world.sessions.length;
  // The open of a running session has been printed: it stays.
  const opensFrom = isRunning(world, from, moment) ? from + 1 : from;
  const open = world.open.slice();
  const high = world.high.slice();
  const low = world.low.slice();
  const close = world.close.slice();
  const volume = world.volume.slice();
  const order = future === "shuffled" ? permutation(rows - from, rng.fork("order")) : null;
  for (let i = 0; i < n; i++) {
    const own = rng.fork(`${i}`);
    const anchor = anchorOf(world, i, from, opensFrom > from);
    const tilt = future === "wild" ? (own.next() < 0.5 ? -1 : 1) * Math.exp(own.normal()) : future === "flipped" ? -1 : 1;
    let drift = 0;
    for (let row = 0; row < rows; row++) {
      // Drawn for every row, so that a day is altered in the same way wherever the future begins.
      const [step, louder] = [own.normal(), own.normal()];
      if (row < from) continue;
      const cell = row * n + i;
      if (future === "wild") drift += 0.05 * step;
      // Another day's bar may stand here only where both have one.
      const other = order === null ? cell : (from + (order[row - from] as number)) * n + i;
      const source = Number.isNaN(world.close[other]) || Number.isNaN(world.close[cell]) ? cell : other;
      const moved = (price: number): number => {
        if (future === "constant") return anchor;
        if (future === "tenfold") return 10 * price;
        if (future === "shuffled") return price;
        // Log prices bounded, so that no path of a long world runs out of the numbers.
        return anchor * Math.exp(clamp(tilt * Math.log(price / anchor) + drift, 30));
      };
      const o = row < opensFrom ? (world.open[cell] as number) : known(world.open[source] as number, moved);
      const c = known(world.close[source] as number, moved);
      const up = (world.high[source] as number) / Math.max(world.open[source] as number, world.close[source] as number);
      const down = (world.low[source] as number) / Math.min(world.open[source] as number, world.close[source] as number);
      open[cell] = o;
      close[cell] = c;
      high[cell] = Math.max(o, c) * (future === "constant" ? 1 : up);
      low[cell] = Math.min(o, c) * (future === "constant" ? 1 : down);
      const v = world.volume[source] as number;
      volume[cell] =
        future === "tenfold"
          ? 10 * v
          : future === "wild" || future === "flipped"
            ? v * Math.exp(louder)
            : future === "constant" && !Number.isNaN(v)
              ? ((from > 0 ? world.volume[(from - 1) * n + i] : v) as number)
              : v;
      if (Number.isNaN(volume[cell]) && !Number.isNaN(v)) volume[cell] = v;
    }
  }
  return { open, high, low, close, volume };
}

const clamp = (x: number, bound: number): number => Math.max(-bound, Math.min(bound, x));

function known(price: number, moved: (price: number) => number): number {
  return Number.isNaN(price) ? price : moved(price);
}

/** The last price known before the future begins; a name that has none yet starts from its own first one. */
function anchorOf({ symbols, sessions, open, close }: World, i: number, from: number, openKnown: boolean): number {
  const n = symbols.length;
  if (openKnown && (open[from * n + i] as number) > 0) return open[from * n + i] as number;
  for (let row = from - 1; row >= 0; row--) if ((close[row * n + i] as number) > 0) return close[row * n + i] as number;
  for (let row = from; row < sessions.length; row++) if ((open[row * n + i] as number) > 0) return open[row * n + i] as number;
  return 1;
}

function alterFacts(facts: readonly WorldFact[], moment: number, future: Future, rng: Rng): WorldFact[] {
  const shapes = shapesOf(facts);
  const last = new Map<string, number>();
  for (const fact of facts) if (knownAt(fact) <= moment) last.set(`${fact.name}/${fact.symbol}`, fact.value);
  const drawn = rng.fork("values");
  return facts.map((fact) => {
    const [chosen, noise] = [drawn.next(), drawn.normal()];
    if (knownAt(fact) <= moment) return fact;
    const { binary, values, spread } = shapes.get(fact.name) as Shape;
    const { value } = fact;
    switch (future) {
      case "flipped":
        return { ...fact, value: binary ? 1 - value : -value };
      case "shuffled":
        return { ...fact, value: values[Math.floor(chosen * values.length)] as number };
      case "tenfold":
        return { ...fact, value: binary ? 1 - value : 10 * value };
      case "constant":
        return { ...fact, value: last.get(`${fact.name}/${fact.symbol}`) ?? 0 };
      case "wild":
        return { ...fact, value: binary ? Math.round(chosen) : value + spread * 3 * noise };
      default:
        return future satisfies never;
    }
  });
}

interface Shape {
  /** Only zeros and ones, as of a membership. */
  readonly binary: boolean;
  readonly values: readonly number[];
  readonly spread: number;
}

function shapesOf(facts: readonly WorldFact[]): Map<string, Shape> {
  const values = new Map<string, number[]>();
  for (const { name, value } of facts) {
    const list = values.get(name);
    if (list === undefined) values.set(name, [value]);
    else list.push(value);
  }
  return new Map(
    [...values].map(([name, list]) => {
      const mean = list.reduce((sum, value) => sum + value, 0) / list.length;
      const spread = Math.sqrt(list.reduce((sum, value) => sum + (value - mean) ** 2, 0) / list.length);
      return [name, { binary: list.every((value) => value === 0 || value === 1), values: list, spread: spread > 0 ? spread : 1 }];
    }),
  );
}

function permutation(length: number, rng: Rng): number[] {
  const order = Array.from({ length }, (_, i) => i);
  for (let i = length - 1; i > 0; i--) {
    const j = rng.int(i + 1);
    [order[i], order[j]] = [order[j] as number, order[i] as number];
  }
  return order;
}
