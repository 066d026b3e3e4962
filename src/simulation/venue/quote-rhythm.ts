// How often each instrument is quoted within sessions, and the gaps of a recording: silences that its own rhythm does not explain. What stood before
// a gap is not known to stand any more. Read in one pass, whoever trades and whenever; halts are no silence.
import type { InstrumentIx } from "#domain/instrument.js";
import type { QuoteBatch } from "#domain/market.js";
import type { Session } from "#domain/session.js";
import { MINUTE_US } from "#domain/time.js";
import type { Halt } from "./rules.js";

/** Usual waits after which a silence is a gap, and the shortest gap. Of real recordings without a gap, 27 is the most (docs/guide/quotes.md). */
export const GAP_WAITS = 30;
const SHORTEST_GAP = MINUTE_US;

export interface QuoteGap {
  /** Where the silence begins: the last row before it, the open of a session, or the end of a halt. Exchange time, Micros. */
  readonly from: number;
  /** From here on nothing stands. */
  readonly unquotedFrom: number;
  /** Exclusive: the next row, the close, or a halt. */
  readonly to: number;
}

/** All by instrument. */
export interface QuoteRhythm {
  /** Half of the time lies in waits of at most this length, Micros; two digits, rounded up. NaN: it is not quoted. */
  readonly usual: Float64Array;
  /** Age at which a quote stands no more, Micros. */
  readonly maxAge: Float64Array;
  /** In the order of time. A session without a row is one gap. */
  readonly gaps: readonly (readonly QuoteGap[])[];
}

export interface RhythmParts {
  /** 1 where the instrument is quoted. */
  readonly quoted: Uint8Array;
  /** Over which the recording is looked at, in order. */
  readonly sessions: readonly Session[];
  readonly halts?: ReadonlyMap<InstrumentIx, readonly Halt[]> | undefined;
  /** Micros; null: by the rhythm. */
  readonly maxAge: number | null;
}

/** A wait that may turn out to be a gap. */
interface Silence {
  readonly from: number;
  readonly to: number;
  /** Whether a row stood when it began. */
  readonly stood: boolean;
  /** Of a whole session. */
  readonly whole: boolean;
}

/** Waits of one instrument, by length: 90 bins to a decade, so that a second or a minute is a bin's own edge. */
const DIGITS = 90;
const BINS = DIGITS * 12;

export class QuoteSilences {
  private readonly weights: readonly (Float64Array | null)[];
  private readonly long: readonly Silence[][];
  /** Of each instrument: the session that it is in, how far it is, whether a row stands there. */
  private readonly session: Int32Array;
  private readonly since: Float64Array;
  private readonly stands: Uint8Array;
  /** Session of the newest row. */
  private newest = 0;

  constructor(private readonly parts: RhythmParts) {
    const { quoted, sessions } = parts;
    this.weights = Array.from(quoted, (one) => (one === 1 ? new Float64Array(BINS) : null));
    this.long = Array.from(quoted, () => []);
    this.session = new Int32Array(quoted.length);
    this.since = new Float64Array(quoted.length).fill(sessions[0]?.openAt ?? 0);
    this.stands = new Uint8Array(quoted.length);
  }

  /** Rows in the order of exchange time; of instruments that are quoted. */
  add({ instrument, at, length }: QuoteBatch): void {
    const { sessions } = this.parts;
    for (let row = 0; row < length; row++) {
      const moment = at[row] as number;
      while (this.newest < sessions.length && moment >= (sessions[this.newest] as Session).closeAt) this.newest++;
      const session = sessions[this.newest];
      if (session === undefined || moment < session.openAt) continue; // nothing stands outside of sessions
      const i = instrument[row] as number;
      this.goTo(i, this.newest);
      this.silence(i, this.since[i] as number, moment);
      this.since[i] = moment;
      this.stands[i] = 1;
    }
  }

  finish(): QuoteRhythm {
    const { quoted, sessions, maxAge } = this.parts;
    quoted.forEach((one, i) => one === 1 && this.goTo(i, sessions.length));
    const usual = Float64Array.from(this.weights, (weights) => (weights === null ? Number.NaN : weightedMedian(weights)));
    const ages = usual.map((wait) => maxAge ?? (Number.isNaN(wait) ? Number.POSITIVE_INFINITY : Math.max(SHORTEST_GAP, GAP_WAITS * wait)));
    const gaps = this.long.map((silences, i) => {
      const age = ages[i] as number;
      return silences
        .filter(({ from, to, whole }) => whole || to - from > age)
        .map(({ from, to, stood }): QuoteGap => ({ from, unquotedFrom: stood ? from + age : from, to }));
    });
    return { usual, maxAge: ages, gaps };
  }

  /** Sessions before the given one are over for the instrument. */
  private goTo(i: number, index: number): void {
    const { sessions } = this.parts;
    for (let k = this.session[i] as number; k < index; k++) {
      const { openAt, closeAt } = sessions[k] as Session;
      // A session without a row tells nothing of the rhythm.
      if (this.stands[i] === 0) this.long[i]?.push({ from: openAt, to: closeAt, stood: false, whole: true });
      else this.silence(i, this.since[i] as number, closeAt);
      this.session[i] = k + 1;
      this.since[i] = sessions[k + 1]?.openAt ?? closeAt;
      this.stands[i] = 0;
    }
  }

  private silence(i: number, from: number, to: number): void {
    const halts = this.parts.halts?.get(i as InstrumentIx) ?? [];
    let [start, stood] = [from, this.stands[i] === 1];
    for (const halt of halts) {
      if (halt.to <= start || halt.from >= to) continue;
      if (halt.from > start) this.wait(i, start, halt.from, stood);
      [start, stood] = [Math.max(start, halt.to), false];
    }
    if (start < to) this.wait(i, start, to, stood);
  }

  private wait(i: number, from: number, to: number, stood: boolean): void {
    const length = to - from;
    const weights = this.weights[i] as Float64Array;
    const bin = binOf(length);
    weights[bin] = (weights[bin] as number) + length;
    const candidate = this.parts.maxAge ?? SHORTEST_GAP;
    if (length > candidate) this.long[i]?.push({ from, to, stood, whole: false });
  }
}

function binOf(length: number): number {
  let [scale, decade] = [1, 0];
  while (length > 99 * scale) {
    scale *= 10;
    decade++;
  }
  return Math.min(BINS - 1, decade * DIGITS + Math.max(0, Math.ceil(length / scale) - 10));
}

/** Upper edge of the bin in which half of the weight is reached; NaN without weight. */
function weightedMedian(weights: Float64Array): number {
  const half = weights.reduce((sum, weight) => sum + weight, 0) / 2;
  if (half === 0) return Number.NaN;
  let [sum, bin] = [0, -1];
  while (sum < half) sum += weights[++bin] as number;
  return ((bin % DIGITS) + 10) * 10 ** Math.floor(bin / DIGITS);
}
