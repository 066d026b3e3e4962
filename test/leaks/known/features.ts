// Kinds of leak that sit in a feature: what it is computed from had not happened, had not closed or had not been published.
import type { Rng } from "#base/rng.js";
import type { Micros } from "#domain/time.js";
import type { World, WorldFact } from "#research/leaks/subject.js";
import { closedAt, type Column, honest, lastPrice, type Part, perRow, price } from "./parts.js";
import type { Kind } from "./suite.js";

/** The honest pipeline with one more feature. */
function withFeature(part: Part, column: Column): Part {
  return { ...part, features: { ...part.features, extra: column } };
}

function featureKind(name: string, make: (rng: Rng) => { readonly leaky: Column; readonly clean: Column }): Kind {
  return {
    name,
    data: false,
    make(rng) {
      const part = honest(rng.fork("part"));
      const { leaky, clean } = make(rng.fork("feature"));
      return { leaky: withFeature(part, leaky), clean: withFeature(part, clean) };
    },
  };
}

const shiftedLabel = featureKind("shifted label as a feature", (rng) => {
  const [ahead, back] = [1 + rng.int(10), 1 + rng.int(10)];
  const share = rng.next() < 0.5 ? 1 : 0.05 + 0.5 * rng.next();
  const shape = rng.int(3);
  const shaped = (value: number): number => (shape === 0 ? value : shape === 1 ? Math.sign(value) : value > 0.02 ? 1 : 0);
  const move = (world: World, from: number, to: number, i: number): number => Math.log(price(world, to, i) / price(world, from, i));
  return {
    leaky: perRow((world, row, i) => {
      const future = move(world, row, row + ahead, i);
      return Number.isNaN(future) ? Number.NaN : share * shaped(future) + (1 - share) * move(world, row - back, row, i);
    }),
    clean: perRow((world, row, i) => shaped(move(world, row - back, row, i))),
  };
});

/** The mean of five daily returns, by what is known of them up to a row, or of all of them: deviations, largest move, or share of days below. */
function scaled(whole: boolean, by: number): Column {
  return (world, decisions) => {
    const n = world.symbols.length;
    const out = new Float64Array(decisions.length * n).fill(Number.NaN);
    const rows = world.sessions.length;
    for (let i = 0; i < n; i++) {
      const daily = Array.from({ length: rows }, (_, t) => Math.log(price(world, t, i) / price(world, t - 1, i)));
      const known: number[] = [];
      let [sum, squares, largest, read] = [0, 0, 0, 0];
      const readTo = (row: number): void => {
        for (; read <= row; read++) {
          const r = daily[read] as number;
          if (Number.isNaN(r)) continue;
          known.push(r);
          sum += r;
          squares += r * r;
          largest = Math.max(largest, Math.abs(r));
        }
      };
      if (whole) readTo(rows - 1);
      decisions.forEach((at, d) => {
        const row = closedAt(world, at);
        if (!whole) readTo(row);
        const recent = daily.slice(Math.max(0, row - 4), row + 1).filter((r) => !Number.isNaN(r));
        const last = recent.reduce((total, x) => total + x, 0) / recent.length;
        const mean = sum / known.length;
        if (by === 0) out[d * n + i] = (last - mean) / Math.sqrt(squares / known.length - mean * mean);
        if (by === 1) out[d * n + i] = known.filter((x) => x < last).length / known.length;
        if (by === 2) out[d * n + i] = last / largest;
      });
    }
    return out;
  };
}

const fullSample = featureKind("scaling by the whole sample", (rng) => {
  const by = rng.int(3);
  return { leaky: scaled(true, by), clean: scaled(false, by) };
});

const centered = featureKind("centered window", (rng) => {
  const [before, after] = [2 + rng.int(8), 1 + rng.int(8)];
  const mean = (from: number, to: number): Column =>
    perRow((world, row, i) => {
      const prices = Array.from({ length: to - from + 1 }, (_, k) => price(world, row + from + k, i)).filter((p) => !Number.isNaN(p));
      return Math.log(lastPrice(world, row, i) / (prices.reduce((sum, p) => sum + p, 0) / prices.length));
    });
  return { leaky: mean(-before, after), clean: mean(-before, 0) };
});

const backwardFill = featureKind("gaps filled from behind", (rng) => {
  const length = 2 + rng.int(10);
  const filled = (world: World, row: number, i: number): number => {
    for (let t = row; t < Math.min(world.sessions.length, row + 6); t++) if (!Number.isNaN(price(world, t, i))) return price(world, t, i);
    return Number.NaN;
  };
  return {
    leaky: perRow((world, row, i) => Math.log(filled(world, row, i) / filled(world, row - length, i))),
    clean: perRow((world, row, i) => Math.log(lastPrice(world, row, i) / lastPrice(world, row - length, i))),
  };
});

/** The week's close over its open: of the week that the row is in, or of the last that had ended. */
function weekly(finished: boolean, lag: number): Column {
  return perRow((world, row, i) => {
    const week = (t: number): number => Math.floor(((world.sessions[t]?.openAt as number) / 86_400e6 + 3) / 7);
    const wanted = week(row) - lag;
    const near = Array.from({ length: 21 }, (_, k) => row - 14 + k);
    const rows = near.filter((t) => world.sessions[t] !== undefined && week(t) === wanted && !Number.isNaN(price(world, t, i)));
    const first = rows[0];
    const last = rows.at(-1);
    if (first === undefined || last === undefined || (finished && lag === 0)) return Number.NaN;
    return Math.log(price(world, last, i) / (world.open[first * world.symbols.length + i] as number));
  });
}

const weeklyAtStart = featureKind("weekly bar stamped at its start", () => ({ leaky: weekly(false, 0), clean: weekly(true, 1) }));

/** At each decision the fact that counts: of the latest period told by then, the revision that stands last. */
export function fromFact(name: string, told: (fact: WorldFact) => number, per: "price" | "none"): Column {
  return (world, decisions) => {
    const n = world.symbols.length;
    const out = new Float64Array(decisions.length * n).fill(Number.NaN);
    const bySymbol = world.symbols.map((_, i) => world.facts.filter((fact) => fact.name === name && fact.symbol === i));
    bySymbol.forEach((facts, i) => {
      facts.sort((a, b) => told(a) - told(b) || published(a) - published(b));
      let next = 0;
      let found: WorldFact | null = null;
      decisions.forEach((at, d) => {
        for (; next < facts.length && told(facts[next] as WorldFact) <= at; next++) {
          const fact = facts[next] as WorldFact;
          if (found === null || fact.about > found.about || (fact.about === found.about && published(fact) >= published(found)))
            found = fact;
        }
        if (found !== null) out[d * n + i] = per === "price" ? found.value / lastPrice(world, closedAt(world, at), i) : found.value;
      });
    });
    return out;
  };
}

const published = (fact: WorldFact): number => fact.publishedAt ?? Number.POSITIVE_INFINITY;

const periodDate = featureKind("reports used from the end of their period", (rng) => {
  const name = rng.next() < 0.5 ? "eps" : "tone";
  const per = name === "eps" && rng.next() < 0.5 ? "price" : "none";
  return { leaky: fromFact(name, ({ about }) => about, per), clean: fromFact(name, published, per) };
});

const newestRevision = featureKind("newest revision under the first date", (rng) => {
  const per = rng.next() < 0.5 ? "price" : "none";
  /** When the period was first told, whatever its later revisions say. */
  const first: Column = (world, decisions) => {
    const told = new Map<string, number>();
    for (const fact of world.facts) {
      const key = `${fact.name}/${fact.symbol}/${fact.about}`;
      told.set(key, Math.min(told.get(key) ?? Number.POSITIVE_INFINITY, published(fact)));
    }
    return fromFact("eps", (fact) => told.get(`${fact.name}/${fact.symbol}/${fact.about}`) as number, per)(world, decisions);
  };
  return { leaky: first, clean: fromFact("eps", published, per) };
});

const targetEncoding = featureKind("target encoding over all labels", (rng) => {
  const ahead = 1 + rng.int(5);
  const groups = 1 + rng.int(3);
  const encoded =
    (whole: boolean): Column =>
    (world, decisions) => {
      const n = world.symbols.length;
      const out = new Float64Array(decisions.length * n).fill(Number.NaN);
      for (let i = 0; i < n; i++) {
        let [sum, count, t] = [0, 0, i % groups];
        decisions.forEach((at, d) => {
          const end = whole ? world.sessions.length - 1 : closedAt(world, at);
          for (; t + ahead <= end; t += groups) {
            const label = Math.log(price(world, t + ahead, i) / price(world, t, i));
            if (Number.isNaN(label)) continue;
            sum += label;
            count++;
          }
          out[d * n + i] = count === 0 ? Number.NaN : sum / count;
        });
      }
      return out;
    };
  return { leaky: encoded(true), clean: encoded(false) };
});

const slippedClock: Kind = {
  name: "clock slipped past the close",
  data: false,
  make(rng) {
    const part = honest(rng.fork("part"));
    // An hour or five before the close, or at midnight before it: the stamp of the day.
    const slip = ([1, 4, 5, 21] as const)[rng.int(4)] as number;
    const decisions = (world: World): Micros[] => world.sessions.map(({ closeAt }) => (closeAt - slip * 3600e6) as Micros);
    const today: Column = (world, moments) => {
      const n = world.symbols.length;
      return Float64Array.from({ length: moments.length * n }, (_, cell) => {
        const row = closedAt(world, (moments[Math.floor(cell / n)] as number) + slip * 3600e6);
        return Math.log(price(world, row, cell % n) / lastPrice(world, row - 1, cell % n));
      });
    };
    const yesterday = perRow((world, row, i) => Math.log(price(world, row, i) / lastPrice(world, row - 1, i)));
    // At midnight the open of that day is still to come: fills are honest in both.
    return { leaky: { ...withFeature(part, today), decisions }, clean: { ...withFeature(part, yesterday), decisions } };
  },
};

export const featureKinds: readonly Kind[] = [
  shiftedLabel,
  fullSample,
  centered,
  backwardFill,
  weeklyAtStart,
  periodDate,
  newestRevision,
  targetEncoding,
  slippedClock,
];
