// One day of one underlying's options, in a few figures. What the rows do not support is left out, never guessed.
import type { IsoDate } from "#domain/time.js";
import { blackScholes } from "./black-scholes.js";
import type { Place } from "./fact-rows.js";

export interface OptionRow {
  /** Calendar days to expiry. */
  readonly days: number;
  readonly expiry: IsoDate;
  readonly strike: number;
  readonly call: boolean;
  /** Contracts; null when not told. */
  readonly volume: number | null;
  readonly openInterest: number | null;
  /** Annual, a fraction; null or 0 when not computed. */
  readonly iv: number | null;
  readonly delta: number | null;
  /** Price of the option at the end of the day; null when not told. */
  readonly close: number | null;
}

export interface ChainDay {
  /** Of the first row. */
  readonly place: Place;
  underlying: number | null;
  readonly rows: OptionRow[];
}

export interface DaySummary {
  readonly values: ReadonlyMap<string, number>;
  readonly flags: readonly string[];
}

/** Implied volatilities outside are floors and failures of the solver. */
const IV_RANGE = [0.005, 5] as const;
const NEAR_DAYS = 7;
const FAR_DAYS = 60;
/** Farthest strike from the underlying that still is at the money, as a fraction. */
const AT_THE_MONEY = 0.05;
/** Widest distance of |delta| from what is looked for: 0.5 at the money, 0.25 in the wings. */
const DELTA_SLACK = 0.12;

export function summarizeDay(day: ChainDay): DaySummary {
  const values = new Map<string, number>();
  const flags: string[] = [];
  const total = (name: string, pick: (row: OptionRow) => number | null): void => {
    // A side that tells nothing at all, or zero for every contract of the day, was not recorded.
    const told = day.rows.filter((row) => pick(row) !== null);
    if (!told.some((row) => (pick(row) as number) > 0)) {
      if (day.rows.length > 1 && told.length > 0) flags.push(`no-${name.replace("_", "-")}-recorded`);
      return;
    }
    for (const call of [false, true]) {
      const side = told.filter((row) => row.call === call);
      if (side.length > 0)
        values.set(
          `options.${call ? "call" : "put"}_${name}`,
          side.reduce((sum, row) => sum + (pick(row) as number), 0),
        );
    }
  };
  total("volume", ({ volume }) => volume);
  total("open_interest", ({ openInterest }) => openInterest);
  const computed = day.rows.filter(({ iv }) => iv !== null && iv >= IV_RANGE[0] && iv <= IV_RANGE[1]);
  const untold = day.rows.filter(({ iv }) => iv !== null).length - computed.length;
  if (untold > 0) flags.push("some-volatilities-not-computed");
  const priced = computed.filter((row) => fitsPrice(row, day.underlying));
  if (priced.length < computed.length) flags.push("some-volatilities-contradict-prices");
  const near = expiryFrom(priced, NEAR_DAYS);
  const far = expiryFrom(priced, FAR_DAYS);
  if (near !== null) {
    set(values, "options.iv_atm_near", atTheMoney(near, day.underlying));
    set(
      values,
      "options.iv_put_25",
      atDelta(
        near.filter(({ call }) => !call),
        0.25,
        day.underlying,
      ),
    );
    set(
      values,
      "options.iv_call_25",
      atDelta(
        near.filter(({ call }) => call),
        0.25,
        day.underlying,
      ),
    );
    if (values.has("options.iv_atm_near")) values.set("options.days_near", (near[0] as OptionRow).days);
  }
  if (far !== null) {
    set(values, "options.iv_atm_far", atTheMoney(far, day.underlying));
    if (values.has("options.iv_atm_far")) values.set("options.days_far", (far[0] as OptionRow).days);
  }
  return { values, flags };
}

function set(values: Map<string, number>, field: string, value: number | null): void {
  if (value !== null) values.set(field, value);
}

/** What rates and dividends of a few per cent a year and a coarse quote may do to a price. */
const PRICE_SLACK = 0.3;
const CARRY_SLACK = 0.05;

/** False when the volatility gives quite another price than the row's own. Without a price or an underlying there is nothing to compare. */
function fitsPrice({ iv, close, strike, days, call }: OptionRow, underlying: number | null): boolean {
  if (underlying === null || close === null || !(close > 0) || iv === null) return true;
  const years = Math.max(days, 1) / 365;
  const value = blackScholes(call, underlying, strike, iv, years);
  return Math.abs(value - close) <= PRICE_SLACK * close + CARRY_SLACK * underlying * years;
}

/** The rows of the first expiry at least so many days away; null when there is none. */
function expiryFrom(rows: readonly OptionRow[], days: number): OptionRow[] | null {
  const first = Math.min(...rows.filter((row) => row.days >= days).map((row) => row.days));
  return Number.isFinite(first) ? rows.filter((row) => row.days === first) : null;
}

/** Mean of put and call at the strike next to the underlying; where that is not told, at the delta next to one half. */
function atTheMoney(rows: readonly OptionRow[], underlying: number | null): number | null {
  if (underlying === null)
    return mean(
      [false, true].map((call) =>
        atDelta(
          rows.filter((row) => row.call === call),
          0.5,
          null,
        ),
      ),
    );
  const distance = (row: OptionRow): number => Math.abs(row.strike / underlying - 1);
  const nearest = Math.min(...rows.map(distance));
  if (!(nearest <= AT_THE_MONEY)) return null;
  return mean(rows.filter((row) => distance(row) === nearest).map(({ iv }) => iv));
}

/**
 * At the |delta| next to `wanted`. The contract must lie on the side of the underlying where its delta belongs, or nearly: a chain
 * whose underlying is stale or whose strikes were split has deltas that mean nothing.
 */
function atDelta(rows: readonly OptionRow[], wanted: number, underlying: number | null): number | null {
  let best: OptionRow | null = null;
  let least = DELTA_SLACK;
  for (const row of rows) {
    if (row.delta === null || !Number.isFinite(row.delta)) continue;
    const off = Math.abs(Math.abs(row.delta) - wanted);
    if (off > least || (off === least && best !== null)) continue;
    if (underlying !== null && (row.call ? row.strike < underlying * 0.95 : row.strike > underlying * 1.05)) continue;
    best = row;
    least = off;
  }
  return best?.iv ?? null;
}

function mean(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}
