// Bar by bar: what one moment costs for a set of features, from its bars to the frame. Run as a program with INSTRUMENTS FEATURES BARS it
// prints one JSON line. Trades, quotes and books before each bar are taken in outside the clock; a plan made for fewer features has them
// spread evenly over the registry.
import { createRng } from "#base/rng.js";
import { BOOK_LEVELS, createBookBatch, createQuoteBatch, createTradeBatch, type BarBatch } from "#domain/market.js";
import type { Micros } from "#domain/time.js";
import { peerRoles } from "#features/language/node.js";
import type { FeatureDefinition } from "#features/language/definition.js";
import { compileFeatures } from "#features/plan/compile.js";
import { featureSet, featureSets, features } from "#features/registry.js";
import type { FeaturePlan } from "#ports/stages.js";
import { minuteBars } from "./ema-cross.js";

/** Moments before the clock counts: enough for the longest windows; frames are taken of the last of them only. */
const WARM = 400;
const TICKS = 3;

export interface StreamLine {
  readonly features: number;
  /** Microseconds per moment. */
  readonly p50: number;
  readonly p99: number;
}

/** `all`, the name of a set, or a number of features. */
function choose(what: string): readonly FeatureDefinition[] {
  if (featureSets.includes(what)) return featureSet(what);
  const everything = [...features.values()];
  const count = what === "all" ? everything.length : Number(what);
  return Array.from({ length: count }, (_, k) => everything[Math.floor((k * everything.length) / count)] as FeatureDefinition);
}

/** A few trades, quotes and book rows per instrument within the minute before the bars `from` to `to`. */
function ticks(plan: FeaturePlan, bars: BarBatch, from: number, to: number, rng: ReturnType<typeof createRng>): void {
  const n = (to - from) * TICKS;
  const trades = createTradeBatch(n);
  const quotes = createQuoteBatch(n);
  const books = createBookBatch(n);
  for (let k = 0, row = 0; k < TICKS; k++) {
    for (let b = from; b < to; b++, row++) {
      const at = (bars.openAt[b] as number) + (k + 1) * 1_000_000;
      const price = bars.close[b] as number;
      for (const batch of [trades, quotes, books]) {
        batch.instrument[row] = bars.instrument[b] as number;
        batch.at[row] = batch.seenAt[row] = at;
      }
      trades.price[row] = price + 0.01 * (rng.int(3) - 1);
      trades.size[row] = 1 + rng.int(100);
      trades.aggressor[row] = rng.int(2) * 2 - 1;
      quotes.bid[row] = price - 0.01;
      quotes.ask[row] = price + 0.01;
      quotes.bidSize[row] = 1 + rng.int(100);
      quotes.askSize[row] = 1 + rng.int(100);
      for (let level = 0; level < BOOK_LEVELS; level++) {
        const place = row * BOOK_LEVELS + level;
        books.bidPrice[place] = price - 0.01 * (level + 1);
        books.askPrice[place] = price + 0.01 * (level + 1);
        books.bidSize[place] = 1 + rng.int(100);
        books.askSize[place] = 1 + rng.int(100);
      }
    }
  }
  for (const batch of [trades, quotes, books]) plan.advance(batch, 0, n);
}

function stream(instruments: number, definitions: readonly FeatureDefinition[], count: number): StreamLine {
  const plan = compileFeatures(definitions, {
    instruments,
    tradable: new Uint8Array(instruments).fill(1),
    minHistory: 1,
    filters: [],
    priceBasis: "raw",
    sector: Int32Array.from({ length: instruments }, (_, i) => i % 11),
    peers: Object.fromEntries(peerRoles.map((role, k) => [role, Math.min(k, instruments - 1)])),
  });
  const rng = createRng("ticks");
  const times: number[] = [];
  const framed = instruments > 100 ? WARM - 20 : 0;
  let seen = 0;
  for (const batch of minuteBars("stream", instruments, WARM + count)) {
    for (let row = 0; row < batch.length; row += instruments) {
      ticks(plan, batch, row, row + instruments, rng);
      const at = batch.at[row] as Micros;
      const startedAt = performance.now();
      plan.advance(batch, row, row + instruments);
      if (seen >= framed) plan.frame(at, at);
      const us = (performance.now() - startedAt) * 1000;
      if (seen++ >= WARM) times.push(us);
    }
  }
  times.sort((a, b) => a - b);
  const quantile = (q: number): number => times[Math.floor(q * (times.length - 1))] as number;
  return { features: definitions.length, p50: quantile(0.5), p99: quantile(0.99) };
}

const [instruments = "1", what = "all", count = "1000"] = process.argv.slice(2);
process.stdout.write(`${JSON.stringify(stream(Number(instruments), choose(what), Number(count)))}\n`);
