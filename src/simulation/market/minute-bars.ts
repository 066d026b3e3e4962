// Minute bars inside simulated days: a path from the daily open to the daily close that touches its high and its low,
// with volume and volatility shaped like a U over the session. They add up to the daily bar exactly and plant no edge of their own.
import { TruewindError } from "#base/errors.js";
import { createRng, type Rng } from "#base/rng.js";
import type { InstrumentIx } from "#domain/instrument.js";
import { BATCH_ROWS, type BarBatch, createBarBatch } from "#domain/market.js";
import type { Session } from "#domain/session.js";
import { MINUTE_US } from "#domain/time.js";
import { PARTS, toCents } from "./printed-bar.js";
import type { SimulatedMarket } from "./simulate-market.js";

/** Points of the path per minute, so that a minute's high and low differ from its ends. */
const POINTS = 4;
/** Share of a minute's variance, around the path of quarters, that all instruments have in common. */
const COMMON = 0.35;
/** Coarse paths drawn for a day, of which the one whose extremes come nearest to the day's is kept: little is left to be stretched. */
const ATTEMPTS = 200;
/** Steps of a coarse path in each part of the session. */
const STEPS = 6;
/** A whole session of this many fits into one batch. */
const MOST_INSTRUMENTS = 160;

/** Height of the U at a fraction of the session, about 1 at midday, high at the open and rising into the close (Wood et al. 1985). */
export function intradayShape(fraction: number): number {
  return 1 + 2.2 * Math.exp(-fraction / 0.08) + 1.1 * (2 * fraction - 1) ** 2 + 1.2 * Math.exp(-(1 - fraction) / 0.04);
}

/**
 * Minute bars of `instruments` over sessions `first` (inclusive) to `last` (exclusive), ordered by (seenAt, instrument).
 * Instruments without a daily bar in a session have none there. The bar of the last minute ends at the close.
 * The same market and instrument always give the same minutes, whatever else is asked for. Throws bad-usage on a bad session
 * range or more than 160 instruments.
 */
export function* simulateMinuteBars(
  market: SimulatedMarket,
  instruments: readonly InstrumentIx[],
  first: number,
  last: number,
): Iterable<BarBatch> {
  const { sessions } = market.settings;
  if (!(first >= 0 && first <= last && last <= sessions.length)) {
    throw new TruewindError(
      "bad-usage",
      `Minute bars were asked for sessions ${first} to ${last} of a market that has ${sessions.length}.`,
    );
  }
  const wanted = [...new Set(instruments)].sort((a, b) => a - b);
  if (wanted.length > MOST_INSTRUMENTS) {
    throw new TruewindError(
      "bad-usage",
      `Minute bars are drawn for at most ${MOST_INSTRUMENTS} instruments at a time, not ${wanted.length}.`,
    );
  }
  let pending: BarBatch[] = [];
  let rows = 0;
  for (let t = first; t < last; t++) {
    const batch = sessionMinutes(market, wanted, t);
    if (rows > 0 && rows + batch.length > BATCH_ROWS) {
      yield* whole(pending, rows);
      pending = [];
      rows = 0;
    }
    pending.push(batch);
    rows += batch.length;
  }
  yield* whole(pending, rows);
}

function sessionMinutes(market: SimulatedMarket, wanted: readonly InstrumentIx[], t: number): BarBatch {
  const { allBars, sessionRows, settings, instruments } = market;
  const session = settings.sessions[t] as Session;
  const minutes = Math.max(1, Math.round((session.closeAt - session.openAt) / MINUTE_US));
  const clock = varianceClock(minutes);
  const base = createRng(`minutes/${settings.seed}/${session.date}`);
  const common = new Float64Array(clock.length);
  const knots = knotsOf(clock);
  pinnedBridge(common, (part) => knots[part * STEPS] as number, clock, base.fork("common"));
  const day: number[] = [];
  for (let row = sessionRows[t] as number; row < (sessionRows[t + 1] as number); row++) {
    if (wanted.includes(allBars.instrument[row] as InstrumentIx)) day.push(row);
  }
  const out = createBarBatch(day.length * minutes);
  day.forEach((row, place) => {
    const rng = base.fork(instruments[allBars.instrument[row] as number]?.id ?? "");
    const path = dayPath(market, row, clock, common, rng);
    const volumes = minuteVolumes(allBars.volume[row] as number, minutes, rng);
    for (let m = 0; m < minutes; m++) {
      const at = m * day.length + place;
      let high = path[m * POINTS] as number;
      let low = high;
      for (let p = m * POINTS + 1; p <= (m + 1) * POINTS; p++) {
        high = Math.max(high, path[p] as number);
        low = Math.min(low, path[p] as number);
      }
      out.instrument[at] = allBars.instrument[row] as number;
      out.openAt[at] = session.openAt + m * MINUTE_US;
      out.at[at] = m === minutes - 1 ? session.closeAt : session.openAt + (m + 1) * MINUTE_US;
      out.seenAt[at] = out.at[at] as number;
      out.open[at] = path[m * POINTS] as number;
      out.high[at] = high;
      out.low[at] = low;
      out.close[at] = path[(m + 1) * POINTS] as number;
      out.volume[at] = volumes[m] as number;
    }
  });
  return out;
}

/** Share of the session's variance that has passed at each point of the path, from 0 to 1. */
function varianceClock(minutes: number): Float64Array {
  const points = minutes * POINTS;
  const clock = new Float64Array(points + 1);
  for (let p = 1; p <= points; p++) clock[p] = (clock[p - 1] as number) + intradayShape((p - 0.5) / points);
  const total = clock[points] as number;
  return clock.map((value) => value / total);
}

/** A standard Brownian bridge on the clock between points `from` and `to` of `path`, whose values there are kept. */
function bridge(path: Float64Array, from: number, to: number, clock: Float64Array, rng: Rng): void {
  const start = path[from] as number;
  const end = path[to] as number;
  const [t0, t1] = [clock[from] as number, clock[to] as number];
  let walk = 0;
  for (let p = from + 1; p <= to; p++) {
    walk += Math.sqrt((clock[p] as number) - (clock[p - 1] as number)) * rng.normal();
    path[p] = walk;
  }
  for (let p = from + 1; p <= to; p++) {
    path[p] = start + (path[p] as number) + ((end - start - walk) * ((clock[p] as number) - t0)) / (t1 - t0 || 1);
  }
}

/** Bridges over the parts of the session, 0 at the ends of each. */
function pinnedBridge(path: Float64Array, end: (part: number) => number, clock: Float64Array, rng: Rng): void {
  for (let part = 0; part <= PARTS; part++) path[end(part)] = 0;
  for (let part = 0; part < PARTS; part++) bridge(path, end(part), end(part + 1), clock, rng);
}

/** Points that cut the session into PARTS x STEPS pieces of about equal variance; fewer where a short session has not that many points. */
function knotsOf(clock: Float64Array): Int32Array {
  const pieces = PARTS * STEPS;
  const knots = Int32Array.from({ length: pieces + 1 }, (_, k) => clock.findIndex((share) => share >= k / pieces - 1e-9));
  knots[pieces] = clock.length - 1;
  return knots;
}

/** Printed prices at every point: starts at the open, ends at the close, its extremes are the day's high and low. */
function dayPath(market: SimulatedMarket, row: number, clock: Float64Array, common: Float64Array, rng: Rng): Float64Array {
  const { open, high, low, close } = market.allBars;
  const [o, h, l, c] = [open[row] as number, high[row] as number, low[row] as number, close[row] as number];
  const deviation = o * Math.sqrt(market.intradayVariance[row] as number);
  const [ceiling, floor] = [Math.max(o, c), Math.min(o, c)];
  const knots = knotsOf(clock);
  // The path without noise: straight lines through the points that the daily bar was drawn with.
  const line = new Float64Array(clock.length);
  for (let part = 0; part < PARTS; part++) {
    const [from, to] = [knots[part * STEPS] as number, knots[(part + 1) * STEPS] as number];
    const inner = market.intradayKnots[row * (PARTS - 1) + part] as number;
    const [start, end] = [part === 0 ? o : (line[from] as number), part === PARTS - 1 ? c : o * (1 + inner)];
    for (let p = from; p <= to; p++) {
      const share = ((clock[p] as number) - (clock[from] as number)) / ((clock[to] as number) - (clock[from] as number) || 1);
      line[p] = start + (end - start) * share;
    }
  }
  const price = (p: number, own: number): number =>
    (line[p] as number) + deviation * (Math.sqrt(COMMON) * (common[p] as number) + Math.sqrt(1 - COMMON) * own);

  const coarseClock = Float64Array.from(knots, (p) => clock[p] as number);
  // What a path between the knots reaches beyond them, on average (Broadie, Glasserman and Kou 1997).
  const overshoot = (0.5826 * deviation) / Math.sqrt(PARTS * STEPS);
  const coarse = new Float64Array(knots.length);
  const own = new Float64Array(clock.length);
  let smallest = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    pinnedBridge(coarse, (part) => part * STEPS, coarseClock, rng);
    let [top, bottom] = [ceiling, floor];
    for (let k = 0; k < knots.length; k++) {
      const at = price(knots[k] as number, coarse[k] as number);
      top = Math.max(top, at + overshoot);
      bottom = Math.min(bottom, at - overshoot);
    }
    const misfit = Math.abs(top - h) + Math.abs(bottom - l);
    if (misfit >= smallest) continue;
    smallest = misfit;
    for (let k = 0; k < knots.length; k++) own[knots[k] as number] = coarse[k] as number;
  }
  for (let k = 1; k < knots.length; k++) bridge(own, knots[k - 1] as number, knots[k] as number, clock, rng);
  const best = own.map((value, p) => price(p, value));
  const top = best.reduce((x, y) => Math.max(x, y));
  const bottom = best.reduce((x, y) => Math.min(x, y));
  const bestUp = top > ceiling ? (h - ceiling) / (top - ceiling) : 1;
  const bestDown = bottom < floor ? (floor - l) / (floor - bottom) : 1;
  // Only what lies beyond open and close is stretched: the map is monotone, so the path stays continuous and its ends stay put.
  for (let p = 0; p < best.length; p++) {
    const at = best[p] as number;
    if (at > ceiling) best[p] = toCents(ceiling + (at - ceiling) * bestUp);
    else if (at < floor) best[p] = toCents(floor - (floor - at) * bestDown);
    else best[p] = toCents(at);
  }
  best[0] = o;
  best[best.length - 1] = c;
  touch(best, h, Math.max);
  touch(best, l, Math.min);
  return best;
}

/** Moves the most extreme inner point to the day's extreme, where no path strayed beyond open and close at all. */
function touch(path: Float64Array, extreme: number, pick: (a: number, b: number) => number): void {
  if (path.includes(extreme)) return;
  const inner = path.subarray(1, path.length - 1);
  inner[inner.indexOf(inner.reduce((a, b) => pick(a, b)))] = extreme;
}

/** Whole shares per minute that add up to the day's volume. */
function minuteVolumes(total: number, minutes: number, rng: Rng): Float64Array {
  const weights = Float64Array.from({ length: minutes }, (_, m) => intradayShape((m + 0.5) / minutes) * Math.exp(0.5 * rng.normal()));
  const sum = weights.reduce((a, b) => a + b, 0);
  let passed = 0;
  let given = 0;
  return weights.map((weight) => {
    passed += weight;
    const upTo = Math.round((total * passed) / sum);
    const volume = upTo - given;
    given = upTo;
    return volume;
  });
}

/** Joins sessions into one batch, or passes a single one on; empty when there is nothing. */
function* whole(parts: readonly BarBatch[], rows: number): Iterable<BarBatch> {
  if (rows === 0) return;
  if (parts.length === 1) {
    yield parts[0] as BarBatch;
    return;
  }
  const out = createBarBatch(rows);
  let at = 0;
  for (const part of parts) {
    for (const key of ["at", "seenAt", "openAt", "instrument", "open", "high", "low", "close", "volume"] as const)
      out[key].set(part[key], at);
    at += part.length;
  }
  yield out;
}
