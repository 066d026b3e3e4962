// The synthetic stock market: daily raw bars, corporate actions and the truth about what was planted, from a seed and a calendar.
// Sequential: session t is drawn from the past alone, so a longer calendar only appends. The same seed gives the same bytes.
import { TruewindError } from "#base/errors.js";
import { createRng, type Rng } from "#base/rng.js";
import type { ReferenceEvent, Split } from "#domain/corporate-action.js";
import type { Currency, Instrument, InstrumentId, InstrumentIx } from "#domain/instrument.js";
import { BATCH_ROWS, type BarBatch, createBarBatch } from "#domain/market.js";
import type { Session } from "#domain/session.js";
import { applySplit, delistingReturn, delists, dividendDue, splitDue } from "./actions.js";
import { strengthFor } from "./calibration.js";
import { type Company, createCompany, drawSession } from "./company.js";
import { reversalSignal } from "./edge.js";
import { createFactors } from "./factors.js";
import { createIndexLevel } from "./index-level.js";
import { LAW, SECTORS } from "./law.js";
import { PARTS, printBar, TICK, toCents } from "./printed-bar.js";
import { createTruth, type SimulatedTruth, truthRecord } from "./truth.js";

export interface MarketSettings {
  readonly seed: string;
  /** Companies listed at any time, but for the vacancy between a delisting and the next listing. From 1 to 5,000. */
  readonly names: number;
  /** Sectors the names are dealt to, from 1 to 11. */
  readonly sectors: number;
  /** Trading days, rising in time. */
  readonly sessions: readonly Session[];
  /**
   * Net Sharpe ratio over equal weight that an oracle earns from the planted edge; 0 plants nothing.
   * The oracle is defined in calibration.ts.
   */
  readonly oracleSharpe: number;
}

export interface SimulatedMarket {
  readonly settings: MarketSettings;
  /** Row 0 is the market index; then companies in order of listing. */
  readonly instruments: readonly Instrument[];
  /** Instruments that are no share and may not be traded: the index. */
  readonly notTradable: readonly InstrumentId[];
  /** Daily bars ordered by (seenAt, instrument); a session is never spread over two batches. */
  bars(): Iterable<BarBatch>;
  /** Splits, dividends and delistings ordered by (seenAt, instrument). */
  readonly references: readonly ReferenceEvent[];
  readonly truth: SimulatedTruth;
  /** First row of each session in the whole series of bars, and behind the last one the number of rows. */
  readonly sessionRows: Int32Array;
  /** All rows as one batch, longer than a batch may be: for reading by row number. */
  readonly allBars: BarBatch;
  /** Variance of each row's move from open to close given its session's volatility. */
  readonly intradayVariance: Float64Array;
  /** PARTS - 1 points of each row's path between open and close (see printed-bar.ts), as simple returns from the open. */
  readonly intradayKnots: Float64Array;
}

/** A place in the market, held by one company after another. */
interface Slot {
  readonly rng: Rng;
  readonly sectorRow: number;
  readonly label: string;
  generation: number;
  /** Session from which a company may be listed; ignored while there is one. */
  vacantUntil: number;
}

interface Listed {
  readonly ix: InstrumentIx;
  readonly slot: Slot;
  readonly company: Company;
  readonly index: Float64Array;
  /** Last printed close, and the delisting return once it has been decided. */
  close: number;
  finalReturn: number | null;
}

const INDEX_ID = "SIM_INDEX" as InstrumentId;

/** Simulates the market; `strength` replaces the calibrated one (a pure number, see TruthRecord). Throws bad-config. */
export function simulateMarket(settings: MarketSettings, strength = strengthFor(settings.oracleSharpe, settings.names)): SimulatedMarket {
  const { names, sectors, sessions } = settings;
  checkSettings(settings);
  const rng = createRng(`market/${settings.seed}`);
  const factors = createFactors(rng.fork("factors"), sectors);
  const indexRng = rng.fork("index");
  const level = createIndexLevel(1000);
  const slots = Array.from({ length: names }, (_, j): Slot => {
    const [key] = SECTORS[j % sectors] as (typeof SECTORS)[number];
    const number = String(Math.floor(j / sectors) + 1).padStart(2, "0");
    return { rng: rng.fork(`slot/${j}`), sectorRow: 1 + (j % sectors), label: `SIM_${key}_${number}`, generation: 0, vacantUntil: 0 };
  });

  const instruments: Instrument[] = [share(INDEX_ID, null)];
  const columns: Float64Array[] = [new Float64Array(sessions.length).fill(Number.NaN)];
  const references: ReferenceEvent[] = [];
  const bars = createBarBatch((names + 1) * sessions.length);
  const intradayVariance = new Float64Array(bars.length);
  const intradayKnots = new Float64Array(bars.length * (PARTS - 1));
  const sessionRows = new Int32Array(sessions.length + 1);
  let listed: Listed[] = [];
  let signal = new Float64Array(0);
  let row = 0;

  const list = (slot: Slot): Listed => {
    slot.generation++;
    const id = (slot.generation === 1 ? slot.label : `${slot.label}_${slot.generation}`) as InstrumentId;
    const company = createCompany(slot.rng.fork(`company/${slot.generation}`), slot.sectorRow);
    const index = new Float64Array(sessions.length).fill(Number.NaN);
    columns.push(index);
    return {
      ix: (instruments.push(share(id, SECTORS[slot.sectorRow - 1]?.[1] ?? null)) - 1) as InstrumentIx,
      slot,
      company,
      index,
      close: Number.NaN,
      finalReturn: null,
    };
  };

  for (let t = 0; t < sessions.length; t++) {
    const session = sessions[t] as Session;
    const at = { at: session.openAt, seenAt: session.openAt };
    for (const one of listed) {
      if (one.finalReturn === null) continue;
      references.push({ kind: "delisting", ...at, instrument: one.ix, finalReturn: one.finalReturn });
      level.add(one.company.price * one.company.sharesOutstanding, one.finalReturn, 0, 0);
      one.slot.vacantUntil = t + LAW.vacancy.min + one.slot.rng.int(LAW.vacancy.spread);
    }
    const leaving = listed.filter((one) => one.finalReturn !== null).map((one) => one.slot);
    listed = listed.filter((one) => one.finalReturn === null);
    if (t === 0) listed = slots.map(list);
    else if (listed.length + leaving.length < names) {
      const held = new Set([...listed.map((one) => one.slot), ...leaving]);
      for (const slot of slots) if (!held.has(slot) && slot.vacantUntil <= t) listed.push(list(slot));
    }

    factors.advance();
    const indexRow = row++;
    sessionRows[t] = indexRow;
    let common = 0;
    for (const one of listed) {
      const { company, index } = one;
      drawSession(company, factors.moves, strength * (signal[one.ix] ?? 0));
      const dividend = dividendDue(company);
      const split = dividend === 0 ? splitDue(company) : 1;
      if (split !== 1) {
        applySplit(company, split);
        references.push({ kind: "split", ...at, instrument: one.ix, ratio: split });
      }
      if (dividend > 0) references.push({ kind: "dividend", ...at, instrument: one.ix, amount: dividend });
      if (company.age > 0) level.add(company.price * company.sharesOutstanding, company.overnight, company.intraday, company.volume);
      const open = company.price * (1 + company.overnight) - dividend;
      const { intraday: move, intradayVariance: variance, volume } = company;
      printBar(bars, intradayKnots, row, one.ix, session, { open, move, variance, volume }, company.rng);
      company.price = open * (1 + move);
      company.averagePrice += 0.02 * (company.price - company.averagePrice);
      const close = toCents(company.price);
      index[t] = company.age === 0 ? 1 : (index[t - 1] as number) * (((close + dividend) * split) / one.close);
      one.close = close;
      company.age++;
      intradayVariance[row] = variance;
      common += variance;
      row++;
      if (delists(company)) one.finalReturn = delistingReturn(company.rng);
    }
    const market = level.end();
    // Companies share about two fifths of their variance; the index path moves with that share.
    const variance = (0.4 * common) / Math.max(1, listed.length);
    intradayVariance[indexRow] = variance;
    printBar(bars, intradayKnots, indexRow, 0, session, { ...market, variance }, indexRng);
    if (signal.length < columns.length) signal = new Float64Array(columns.length);
    if (strength !== 0) reversalSignal(columns, t, signal);
  }
  sessionRows[sessions.length] = row;

  const first = sessions[0] as Session;
  const last = sessions[sessions.length - 1] as Session;
  const { seed, oracleSharpe } = settings;
  const record = truthRecord({ seed, names, sectors, oracleSharpe, strength, firstDate: first.date, lastDate: last.date });
  const allBars = sliceBars(bars, 0, row);
  return {
    settings,
    instruments,
    notTradable: [INDEX_ID],
    bars: () => batches(allBars, sessionRows),
    references: references.sort((a, b) => a.seenAt - b.seenAt || (a as Split).instrument - (b as Split).instrument),
    truth: createTruth(record, columns),
    sessionRows,
    allBars,
    intradayVariance,
    intradayKnots,
  };
}

function share(id: InstrumentId, sector: string | null): Instrument {
  return { id, venue: "XNYS", currency: "USD" as Currency, tickSize: TICK, relativeTick: null, lotSize: 1, sector };
}

/** Views, not copies. */
function sliceBars(bars: BarBatch, start: number, end: number): BarBatch {
  const cut = <T extends Float64Array | Int32Array>(column: T): T => column.subarray(start, end) as T;
  return {
    kind: "bar",
    length: end - start,
    at: cut(bars.at),
    seenAt: cut(bars.seenAt),
    openAt: cut(bars.openAt),
    instrument: cut(bars.instrument),
    open: cut(bars.open),
    high: cut(bars.high),
    low: cut(bars.low),
    close: cut(bars.close),
    volume: cut(bars.volume),
  };
}

function* batches(bars: BarBatch, sessionRows: Int32Array): Iterable<BarBatch> {
  let start = 0;
  for (let t = 1; t < sessionRows.length; t++) {
    const end = sessionRows[t] as number;
    const next = t + 1 < sessionRows.length ? (sessionRows[t + 1] as number) : Number.POSITIVE_INFINITY;
    if (next - start <= BATCH_ROWS) continue;
    yield sliceBars(bars, start, end);
    start = end;
  }
}

function checkSettings({ names, sectors, sessions }: MarketSettings): void {
  if (!Number.isInteger(names) || names < 1 || names > 5000) {
    throw new TruewindError("bad-config", `A simulated market holds 1 to 5000 names, not ${names}.`);
  }
  if (!Number.isInteger(sectors) || sectors < 1 || sectors > SECTORS.length) {
    throw new TruewindError("bad-config", `A simulated market has 1 to ${SECTORS.length} sectors, not ${sectors}.`);
  }
  if (sessions.length === 0) throw new TruewindError("bad-config", "A simulated market needs at least one session.");
  for (let t = 1; t < sessions.length; t++) {
    if ((sessions[t] as Session).openAt < (sessions[t - 1] as Session).closeAt) {
      throw new TruewindError("bad-config", `Sessions must rise in time, but ${sessions[t]?.date} follows ${sessions[t - 1]?.date}.`);
    }
  }
}
