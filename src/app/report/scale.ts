// Where a value stands in a plot, and which round numbers are worth a label. Pure arithmetic, no markup.

/** A labelled place on an axis; `at` runs from 0 to 1. Minor labels are dropped where there is little room. */
export interface Tick {
  readonly at: number;
  readonly label: string;
  readonly minor: boolean;
}

/** Nothing an account can be is larger; such a value comes from broken data and has no place in a picture. */
const LARGEST = 1e15;
/** On a log scale, nothing is smaller. */
const SMALLEST = 1e-12;

function hasPlace(value: number, log: boolean): boolean {
  return typeof value === "number" && Math.abs(value) <= LARGEST && (!log || value >= SMALLEST);
}

/** Maps a value to 0 (low end) .. 1 (high end); NaN for a value that has no place. */
export type Scale = (value: number) => number;

export interface Domain {
  readonly low: number;
  readonly high: number;
}

/** The span of all values that have a place and of `include`, widened a little; never empty. With `log`, values <= 0 have none. */
export function domainOf(series: readonly (readonly number[])[], include: readonly number[], log: boolean): Domain {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const values of [...series, include]) {
    for (const value of values) {
      if (!hasPlace(value, log)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  if (low > high) return log ? { low: 0.9, high: 1.1 } : { low: 0, high: 1 };
  if (log) {
    const pad = Math.max((high / low) ** 0.04, 1.005);
    return { low: low / pad, high: high * pad };
  }
  const size = Math.max(Math.abs(low), Math.abs(high));
  const flat = high - low <= Math.max(1e-12, size * 1e-9);
  const pad = flat ? Math.max(size * 0.1, 0.01) : (high - low) * 0.05;
  // An end at zero stays at zero: bars and drawdowns stand on it.
  return { low: low === 0 ? 0 : low - pad, high: high === 0 && low < 0 ? 0 : high + pad };
}

export function createScale(domain: Domain, log: boolean): Scale {
  if (!log) return (value) => (hasPlace(value, false) ? (value - domain.low) / (domain.high - domain.low) : Number.NaN);
  const low = Math.log(domain.low);
  const span = Math.log(domain.high) - low;
  return (value) => (hasPlace(value, true) ? (Math.log(value) - low) / span : Number.NaN);
}

function niceStep(span: number, count: number): number {
  const rough = span / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  const lead = rough / power;
  return (lead <= 1 ? 1 : lead <= 2 ? 2 : lead <= 5 ? 5 : 10) * power;
}

/** Round values inside the domain, about `count` of them: steps of 1, 2 or 5; on a wide log axis 1, 2, 5 per decade. */
export function tickValues(domain: Domain, count: number, log: boolean): number[] {
  const wide = log && domain.high / domain.low > 6;
  if (wide) {
    const ticks: number[] = [];
    const decades = Math.log10(domain.high / domain.low);
    for (let power = Math.floor(Math.log10(domain.low)); power <= Math.log10(domain.high); power += Math.ceil(decades / 6)) {
      for (const lead of decades > 3 ? [1] : [1, 2, 5]) {
        const value = lead * 10 ** power;
        if (value >= domain.low && value <= domain.high) ticks.push(Number(value.toPrecision(6)));
      }
    }
    return ticks;
  }
  const step = niceStep(domain.high - domain.low, count);
  const ticks: number[] = [];
  const first = Math.ceil(domain.low / step - 1e-9);
  const last = Math.floor(domain.high / step + 1e-9);
  for (let k = first; k <= last; k++) ticks.push(Number((k * step).toPrecision(12)));
  return ticks;
}

/** Decimals needed to tell the ticks apart once multiplied by `factor`. */
export function tickDigits(ticks: readonly number[], factor: number): number {
  let digits = 0;
  for (const tick of ticks) {
    while (digits < 6 && Math.abs(tick * factor * 10 ** digits - Math.round(tick * factor * 10 ** digits)) > 1e-6) digits++;
  }
  return digits;
}

const monthNames = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/**
 * Labels for an axis of calendar labels (`YYYY-MM-DD` or `YYYY-MM`, rising): years, else quarters, months or single entries,
 * at most a dozen. `place` maps an index to 0..1.
 */
export function calendarTicks(labels: readonly string[], place: (index: number) => number): Tick[] {
  const starts = (length: number): number[] =>
    labels.flatMap((label, i) => (i > 0 && label.slice(0, length) !== (labels[i - 1] as string).slice(0, length) ? [i] : []));
  const years = starts(4);
  const months = starts(7);
  const month = (i: number): number => Number((labels[i] as string).slice(5, 7));
  const yearText = (i: number): string => (labels[i] as string).slice(0, 4);
  const monthText = (i: number): string => `${monthNames[month(i) - 1] ?? ""} ${yearText(i)}`;

  let chosen: { index: number; label: string }[];
  if (years.length >= 4) {
    const stride = Math.ceil(years.length / 12);
    chosen = years.filter((_, k) => k % stride === 0).map((index) => ({ index, label: yearText(index) }));
  } else if (months.length >= 3) {
    const stride = [1, 3, 6].find((s) => months.length / s <= 8) ?? 12;
    chosen = months.filter((i) => (month(i) - 1) % stride === 0).map((index) => ({ index, label: monthText(index) }));
  } else {
    const stride = Math.max(1, Math.ceil(labels.length / 6));
    chosen = labels.flatMap((label, index) => (index % stride === 0 ? [{ index, label }] : []));
  }
  return chosen.map(({ index, label }, k) => ({ at: place(index), label, minor: k % 2 === 1 && chosen.length > 4 }));
}
