// How alike the out-of-sample series of trials are: correlations over the moments that two of them share.

/** What came of one trial, by time. */
export interface ComparableSeries {
  /** Only series of one kind can be laid beside each other. */
  readonly kind: string;
  /** Of each value, ascending, in any unit that all share. */
  readonly at: Float64Array;
  readonly values: Float64Array;
}

export interface Correlations {
  readonly count: number;
  /** Row-major, count x count. 0 for a pair that cannot be compared: it counts as unrelated. */
  readonly value: Float64Array;
  /** The same, less two standard errors of Fisher's transformation: what can be relied upon. 1 stays 1. */
  readonly least: Float64Array;
}

/** Fewer values in common tell nothing. */
const LEAST_COMMON = 60;
/** Above it two series are one and the same but for rounding. */
const SAME = 1 - 1e-12;

export function correlationsOf(series: readonly ComparableSeries[]): Correlations {
  const count = series.length;
  const value = new Float64Array(count * count);
  const least = new Float64Array(count * count);
  const calendars = calendarsOf(series);
  const unit = series.map(({ values }) => toUnit(values));
  for (let i = 0; i < count; i++) {
    value[i * count + i] = least[i * count + i] = 1;
    for (let j = 0; j < i; j++) {
      const [a, b] = [series[i] as ComparableSeries, series[j] as ComparableSeries];
      if (a.kind !== b.kind) continue;
      const [rho, common] =
        calendars[i] === calendars[j] ? [dot(unit[i] as Float64Array, unit[j] as Float64Array), a.values.length] : overCommon(a, b);
      if (common < LEAST_COMMON || Number.isNaN(rho)) continue;
      value[i * count + j] = value[j * count + i] = rho;
      least[i * count + j] = least[j * count + i] =
        rho >= SAME ? 1 : Math.tanh(Math.atanh(Math.max(rho, -SAME)) - 2 / Math.sqrt(common - 3));
    }
  }
  return { count, value, least };
}

/** A number per series, the same for those with the same times. */
function calendarsOf(series: readonly ComparableSeries[]): Int32Array {
  const known: Float64Array[] = [];
  return Int32Array.from(series, ({ at }) => {
    const found = known.findIndex((other) => other.length === at.length && other.every((time, i) => time === at[i]));
    return found >= 0 ? found : known.push(at) - 1;
  });
}

/** Less its mean, of length one; NaN throughout when it does not vary. */
function toUnit(values: Float64Array): Float64Array {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const centred = values.map((value) => value - mean);
  const length = Math.sqrt(dot(centred, centred));
  return length > 1e-15 * Math.sqrt(values.length) ? centred.map((value) => value / length) : centred.fill(Number.NaN);
}

/** Four sums side by side: one alone would wait for itself at every step. */
function dot(a: Float64Array, b: Float64Array): number {
  let [p, q, r, s] = [0, 0, 0, 0];
  const whole = a.length - (a.length % 4);
  for (let i = 0; i < whole; i += 4) {
    p += (a[i] as number) * (b[i] as number);
    q += (a[i + 1] as number) * (b[i + 1] as number);
    r += (a[i + 2] as number) * (b[i + 2] as number);
    s += (a[i + 3] as number) * (b[i + 3] as number);
  }
  for (let i = whole; i < a.length; i++) p += (a[i] as number) * (b[i] as number);
  return p + q + (r + s);
}

function overCommon(a: ComparableSeries, b: ComparableSeries): readonly [number, number] {
  const [x, y]: [number[], number[]] = [[], []];
  for (let i = 0, j = 0; i < a.at.length && j < b.at.length; ) {
    const [one, other] = [a.at[i] as number, b.at[j] as number];
    if (one === other) {
      x.push(a.values[i++] as number);
      y.push(b.values[j++] as number);
    } else if (one < other) i++;
    else j++;
  }
  return [dot(toUnit(Float64Array.from(x)), toUnit(Float64Array.from(y))), x.length];
}
