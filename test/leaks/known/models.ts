// Kinds of leak that sit behind the features: in labels, folds, the choice of models, the universe and the fills.
import { createRng, type Rng } from "#base/rng.js";
import type { Micros } from "#domain/time.js";
import type { World } from "#research/leaks/subject.js";
import {
  cells,
  closedAt,
  ended,
  type Folds,
  honest,
  type Labels,
  lastPrice,
  nextOpen,
  openToOpen,
  opensAfter,
  type Part,
  PENALTY,
  price,
  ridge,
  type Samples,
  type Walk,
  walkForward,
} from "./parts.js";
import type { Kind } from "./suite.js";

function partKind(name: string, make: (rng: Rng, part: Part) => { readonly leaky: Partial<Part>; readonly clean: Partial<Part> }): Kind {
  return {
    name,
    data: false,
    make(rng) {
      const part = honest(rng.fork("part"));
      const { leaky, clean } = make(rng.fork("kind"), part);
      return { leaky: { ...part, ...leaky }, clean: { ...part, ...clean } };
    },
  };
}

const walkOf = (rng: Rng): Walk => ({
  first: 60 + rng.int(30),
  every: 15 + rng.int(15),
  mayTrain: ended,
  declare: rng.next() < 0.5,
  penalty: () => PENALTY,
});

const unpurged = partKind("training labels that end within the test", (rng) => {
  const walk = walkOf(rng);
  const horizon = 3 + rng.int(8);
  return { leaky: { horizon, predict: walkForward({ ...walk, mayTrain: () => true }) }, clean: { horizon, predict: walkForward(walk) } };
});

/** The penalty under which the fit does best on some cells. */
const choose =
  (on: "test" | "train"): Walk["penalty"] =>
  (samples, train, test) => {
    const cut = Math.floor(train.length * 0.7);
    const [fitOn, scored] = on === "test" ? [train, test] : [train.slice(0, cut), train.slice(cut)];
    let [bestPenalty, bestError] = [PENALTY, Number.POSITIVE_INFINITY];
    for (const penalty of [1e-4, 1e-3, 1e-2, 0.1, 1, 10, 100]) {
      const fit = ridge(samples, fitOn, penalty);
      let error = 0;
      for (const cell of scored) {
        const y = samples.labels.value[cell] as number;
        if (!Number.isNaN(y)) error += (y - fit(cell)) ** 2;
      }
      if (error < bestError) [bestPenalty, bestError] = [penalty, error];
    }
    return bestPenalty;
  };

const chosenOnTest = partKind("model chosen on its test", (rng) => {
  const walk = walkOf(rng);
  return {
    leaky: { predict: walkForward({ ...walk, penalty: choose("test") }) },
    clean: { predict: walkForward({ ...walk, penalty: choose("train") }) },
  };
});

/** Cells dealt to folds; what trains is chosen per fold. */
function crossValidated(
  deal: (samples: Samples, known: readonly number[]) => number[][],
  purge: boolean,
  embargo: number,
): Part["predict"] {
  return (samples) => {
    const { labels, decisions, n } = samples;
    const predictions = cells(decisions, n);
    const known = Array.from(labels.value.keys()).filter((cell) => !Number.isNaN(labels.value[cell]));
    const folds: Folds[number][] = deal(samples, known).map((test) => {
      const tested = new Set(test);
      const from = Math.min(...test.map((cell) => labels.startAt[cell] as number));
      const to = Math.max(...test.map((cell) => labels.endAt[cell] as number)) + embargo * 86_400e6;
      const train = known.filter(
        (cell) => !tested.has(cell) && (!purge || (labels.endAt[cell] as number) <= from || (labels.startAt[cell] as number) >= to),
      );
      const fit = ridge(samples, train, PENALTY);
      for (const cell of test) predictions[cell] = fit(cell);
      return { train: Int32Array.from(train), test: Int32Array.from(test) };
    });
    return { predictions, folds };
  };
}

/** Blocks of decisions one after the other. */
const inBlocks =
  (count: number) =>
  ({ decisions, n }: Samples, known: readonly number[]): number[][] =>
    Array.from({ length: count }, (_, k) => known.filter((cell) => Math.floor((Math.floor(cell / n) / decisions.length) * count) === k));

const randomFolds = partKind("random folds with overlapping labels", (rng) => {
  const count = 3 + rng.int(4);
  const horizon = 2 + rng.int(8);
  const byDay = rng.next() < 0.5;
  const seed = `${rng.int(1e6)}`;
  const dealt = ({ n }: Samples, known: readonly number[]): number[][] => {
    const chance = createRng(seed);
    const place = new Map<number, number>();
    const folds: number[][] = Array.from({ length: count }, () => []);
    for (const cell of known) {
      const key = byDay ? Math.floor(cell / n) : cell;
      if (!place.has(key)) place.set(key, chance.int(count));
      folds[place.get(key) as number]?.push(cell);
    }
    return folds.filter((fold) => fold.length > 0);
  };
  return {
    leaky: { horizon, predict: crossValidated(dealt, false, 0) },
    clean: { horizon, predict: crossValidated(inBlocks(count), true, 30) },
  };
});

const unpurgedFolds = partKind("neighboring folds with overlapping labels", (rng) => {
  const count = 3 + rng.int(4);
  const horizon = 2 + rng.int(8);
  return {
    leaky: { horizon, predict: crossValidated(inBlocks(count), false, 0) },
    clean: { horizon, predict: crossValidated(inBlocks(count), true, 30) },
  };
});

/** Declares honest folds, and shows the models what they are tested on as well. */
const hiddenTraining = partKind("folds declared and not kept", (rng) => {
  const count = 3 + rng.int(3);
  const horizon = 2 + rng.int(5);
  const clean = crossValidated(inBlocks(count), true, 30);
  return {
    leaky: {
      horizon,
      predict: (samples) => {
        const fit = ridge(samples, samples.labels.value.keys(), PENALTY);
        const { predictions, folds } = clean(samples);
        return { predictions: predictions.map((value, cell) => (Number.isNaN(value) ? value : fit(cell))), folds };
      },
    },
    clean: { horizon, predict: clean },
  };
});

const falseEnd = partKind("label that ends later than declared", (rng, part) => {
  const more = 1 + rng.int(4);
  const later = (world: World, decisions: readonly Micros[], horizon: number): Labels => {
    const [declared, real] = [openToOpen(world, decisions, horizon), openToOpen(world, decisions, horizon + more)];
    return { ...declared, value: real.value };
  };
  return { leaky: { labels: later }, clean: { labels: part.labels } };
});

const falseStart = partKind("label that begins before its decision", (rng) => {
  const early = 1 + rng.int(3);
  const declared = rng.next() < 0.5;
  const before = (world: World, decisions: readonly Micros[], horizon: number): Labels => {
    const n = world.symbols.length;
    const labels = openToOpen(world, decisions, horizon);
    const value = labels.value.map((y, cell) => {
      const row = opensAfter(world, decisions[Math.floor(cell / n)] as number);
      const first = row < early ? Number.NaN : (world.open[(row - early) * n + (cell % n)] as number);
      return y + Math.log((world.open[row * n + (cell % n)] as number) / first);
    });
    const startAt = labels.startAt.map((at, cell) => {
      const row = opensAfter(world, at - 1);
      return declared && row >= early && !Number.isNaN(value[cell]) ? (world.sessions[row - early]?.openAt as number) : at;
    });
    return { ...labels, value, startAt };
  };
  return { leaky: { labels: before }, clean: { labels: openToOpen } };
});

/** Predictions only for names that pass. */
function among(part: Part, passes: (world: World, symbol: number, row: number) => boolean): Part["predict"] {
  return (samples) => {
    const { predictions, folds } = part.predict(samples);
    const { world, n } = samples;
    return { predictions: predictions.map((value, cell) => (passes(world, cell % n, Math.floor(cell / n)) ? value : Number.NaN)), folds };
  };
}

const survivorUniverse = partKind("universe of names that are there at the end", (rng, part) => {
  const days = 1 + rng.int(20);
  const traded = (world: World, symbol: number, row: number): boolean =>
    Array.from({ length: days }, (_, k) => price(world, row - k, symbol)).some((p) => !Number.isNaN(p));
  return {
    leaky: { predict: among(part, (world, symbol) => traded(world, symbol, world.sessions.length - 1)) },
    clean: { predict: among(part, (world, symbol, row) => traded(world, symbol, row)) },
  };
});

const laterLiquidity = partKind("universe of names that were liquid later", (rng, part) => {
  const size = 3 + rng.int(3);
  const volumeUpTo = (world: World, symbol: number, row: number): number => {
    let sum = 0;
    for (let t = Math.max(0, row - 40); t <= row; t++) sum += world.volume[t * world.symbols.length + symbol] || 0;
    return sum;
  };
  const large = (world: World, symbol: number, row: number): boolean => {
    const own = volumeUpTo(world, symbol, row);
    return world.symbols.filter((_, other) => volumeUpTo(world, other, row) > own).length < size;
  };
  return {
    leaky: { predict: among(part, (world, symbol) => large(world, symbol, world.sessions.length - 1)) },
    clean: { predict: among(part, large) },
  };
});

type Filler = Part["fill"];

const sameBar = partKind("fill in the bar of the decision", (rng) => {
  const lag = rng.int(3);
  const cost = rng.next() < 0.5 ? 1 : 1.0003;
  const leaky: Filler = (world, decision, symbol) => {
    const next = nextOpen(world, decision, symbol);
    const row = closedAt(world, decision);
    const bar = price(world, row, symbol);
    if (next === null || Number.isNaN(bar)) return null;
    // At the close itself, a moment after the decision at that price, or "at the next open" at that price.
    const at = [world.sessions[row]?.closeAt as number, decision, next.at][lag] as Micros;
    return { at, price: bar * cost };
  };
  return { leaky: { fill: leaky }, clean: { fill: nextOpen } };
});

const hindsightPrice = partKind("fill at the best price of the session", (rng) => {
  const column = rng.next() < 0.5 ? "low" : "high";
  const filler =
    (which: "low" | "high" | "close"): Filler =>
    (world, decision, symbol) => {
      const row = opensAfter(world, decision);
      const found = row < 0 ? Number.NaN : (world[which][row * world.symbols.length + symbol] as number);
      return Number.isNaN(found) ? null : { at: world.sessions[row]?.closeAt as Micros, price: found };
    };
  return { leaky: { fill: filler(column) }, clean: { fill: filler("close") } };
});

const foreseenFill = partKind("fills chosen by what follows them", (rng) => {
  const ahead = 1 + rng.int(5);
  const filler =
    (sign: number): Filler =>
    (world, decision, symbol) => {
      const fill = nextOpen(world, decision, symbol);
      const row = opensAfter(world, decision);
      const [from, to] = sign > 0 ? [row, row + ahead] : [row - 1 - ahead, row - 1];
      return fill !== null && lastPrice(world, Math.min(to, world.sessions.length - 1), symbol) >= lastPrice(world, from, symbol)
        ? fill
        : null;
    };
  return { leaky: { fill: filler(1) }, clean: { fill: filler(-1) } };
});

export const modelKinds: readonly Kind[] = [
  unpurged,
  chosenOnTest,
  randomFolds,
  unpurgedFolds,
  hiddenTraining,
  falseEnd,
  falseStart,
  survivorUniverse,
  laterLiquidity,
  sameBar,
  hindsightPrice,
  foreseenFill,
];
