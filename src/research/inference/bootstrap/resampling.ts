// How a dependent series is drawn again: runs of consecutive days, pasted together. A resampling is plain data, so that any thread can make
// any of its draws alone and draw 7 is the same whoever makes it.
import { TruewindError } from "#base/errors.js";
import { createRng, type Rng } from "#base/rng.js";

interface Shape {
  /** Days of the series, and of every draw. */
  readonly days: number;
  readonly draws: number;
  /** In days; the mean where lengths vary. */
  readonly blockLength: number;
}

export type Resampling =
  | (Shape & { readonly kind: "stationary" | "circular"; readonly seed: string })
  /** `indices`: draw after draw, `days` positions each. */
  | (Shape & { readonly kind: "given"; readonly indices: Int32Array });

/**
 * Stationary bootstrap (Politis & Romano 1994, section 2): blocks start anywhere, their lengths are geometric with mean `blockLength` (real,
 * >= 1; 1 draws days alone), and the series is a circle. Throws `bad-usage`.
 */
export function stationaryResampling(days: number, draws: number, blockLength: number, rng: Rng): Resampling {
  return { kind: "stationary", ...checked(days, draws, blockLength), seed: seedOf(rng) };
}

/** Circular block bootstrap (Politis & Romano 1992): as above with blocks of one length, rounded to whole days. Throws `bad-usage`. */
export function circularResampling(days: number, draws: number, blockLength: number, rng: Rng): Resampling {
  const shape = checked(days, draws, blockLength);
  return { kind: "circular", ...shape, blockLength: Math.round(shape.blockLength), seed: seedOf(rng) };
}

/** Draws that someone else made with this mean length of blocks: one row of positions, 0 to days - 1, per draw. Throws `bad-usage`. */
export function givenResampling(rows: readonly ArrayLike<number>[], blockLength: number): Resampling {
  const days = rows[0]?.length ?? 0;
  const shape = checked(days, rows.length, blockLength);
  const indices = new Int32Array(rows.length * days);
  for (const [draw, row] of rows.entries()) {
    if (row.length !== days) throw usage(`Draw ${draw} has ${row.length} positions where the first has ${days}: give all the same length.`);
    for (let i = 0; i < days; i++) {
      const at = row[i] as number;
      if (!Number.isSafeInteger(at) || at < 0 || at >= days)
        throw usage(`Draw ${draw} names position ${at}: give whole numbers from 0 to ${days - 1}.`);
      indices[draw * days + i] = at;
    }
  }
  return { kind: "given", ...shape, indices };
}

/**
 * Writes draw `draw` as pairs (first day, day after the last) into `runs`, which needs 2 x days places. Runs never pass the
 * end of the series. Returns how many there are.
 */
export function fillRuns(resampling: Resampling, draw: number, runs: Int32Array): number {
  const { days } = resampling;
  let count = 0;
  if (resampling.kind === "given") {
    for (let i = draw * days; i < (draw + 1) * days; i++) {
      const at = resampling.indices[i] as number;
      if (count > 0 && runs[2 * count - 1] === at) runs[2 * count - 1] = at + 1;
      else {
        runs[2 * count] = at;
        runs[2 * count++ + 1] = at + 1;
      }
    }
    return count;
  }
  const { kind, blockLength, seed } = resampling;
  const rng = createRng(`${seed}/${draw}`);
  const stay = 1 - 1 / blockLength;
  const logStay = Math.log(stay);
  for (let left = days; left > 0; ) {
    // Short blocks are many, so one number says where a block starts and, by what is left of it, how long it is; most are a day long and
    // need no logarithm.
    const spot = rng.next() * days;
    const from = Math.floor(spot);
    let length = blockLength;
    if (kind === "stationary") {
      const u = 1 - (spot - from);
      length = u > stay ? 1 : 1 + Math.floor(Math.log(u) / logStay);
    }
    const whole = length < left ? length : left;
    const end = from + whole;
    runs[2 * count] = from;
    runs[2 * count++ + 1] = end < days ? end : days;
    if (end > days) {
      runs[2 * count] = 0;
      runs[2 * count++ + 1] = end - days;
    }
    left -= whole;
  }
  return count;
}

/** Draw `draw` as positions in the series. */
export function fillIndices(resampling: Resampling, draw: number, indices: Int32Array): void {
  const runs = new Int32Array(2 * resampling.days);
  const count = fillRuns(resampling, draw, runs);
  let i = 0;
  for (let r = 0; r < count; r++) for (let at = runs[2 * r] as number; at < (runs[2 * r + 1] as number); at++) indices[i++] = at;
}

function checked(days: number, draws: number, blockLength: number): Shape {
  if (!Number.isSafeInteger(days) || days < 2) throw usage(`A series of ${days} days cannot be resampled: give at least two.`);
  if (!Number.isSafeInteger(draws) || draws < 1) throw usage(`${draws} draws are no resampling: give a whole number from 1 up.`);
  if (!(blockLength >= 1 && blockLength <= days))
    throw usage(`A block length of ${blockLength} does not fit ${days} days: give a number from 1 to ${days}.`);
  return { days, draws, blockLength };
}

/** So much of the stream as tells two resamplings apart: later calls with the same stream give other draws. */
function seedOf(rng: Rng): string {
  return `${rng.next()}/${rng.next()}`;
}

function usage(message: string): TruewindError {
  return new TruewindError("bad-usage", message);
}
