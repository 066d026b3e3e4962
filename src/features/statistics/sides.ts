// How two series go together where the second lies below its mean, and where above: found once for all statistics of a window that ask.
import { companionDeviations, deviations } from "./centered.js";
import { SeenWindows } from "./window-memo.js";

/** Of the places on one side: how many, and sums of squares and products around their own means. */
export interface Side {
  readonly count: number;
  readonly xx: number;
  readonly yy: number;
  readonly xy: number;
}

/** Per end of a window: count, x, y, xx, yy, xy below the mean, then the same above. */
const SUMS = 12;
const seen = new SeenWindows();
let sums = new Float64Array(0);

/** A side of `x[from .. from + n)` with `y` at the same places; places at the mean of `y` belong to neither. */
export function sideOf(x: Float64Array, y: Float64Array, from: number, n: number, above: boolean): Side {
  if (sums.length < SUMS * (x.length + 1)) sums = new Float64Array(SUMS * (x.length + 1));
  const end = from + n;
  if (!seen.before(x, from, end)) addUp(deviations(x, from, n), companionDeviations(y, from, n), from, end);
  const at = SUMS * end + (above ? SUMS / 2 : 0);
  const count = sums[at] as number;
  const xSum = sums[at + 1] as number;
  const ySum = sums[at + 2] as number;
  return {
    count,
    xx: (sums[at + 3] as number) - (xSum * xSum) / count,
    yy: (sums[at + 4] as number) - (ySum * ySum) / count,
    xy: (sums[at + 5] as number) - (xSum * ySum) / count,
  };
}

function addUp(dx: Float64Array, dy: Float64Array, from: number, end: number): void {
  let [n, x, y, xx, yy, xy] = [0, 0, 0, 0, 0, 0];
  let [m, r, s, rr, ss, rs] = [0, 0, 0, 0, 0, 0];
  for (let k = from; k < end; k++) {
    const u = dx[k] as number;
    const v = dy[k] as number;
    // The sign of a return is a coin: factors of 0 and 1 cost less than a branch that is guessed wrong half the time.
    const below = Number(v < 0);
    const above = Number(v > 0);
    const ub = u * below;
    const vb = v * below;
    const ua = u * above;
    const va = v * above;
    n += below;
    x += ub;
    y += vb;
    xx += u * ub;
    yy += v * vb;
    xy += u * vb;
    m += above;
    r += ua;
    s += va;
    rr += u * ua;
    ss += v * va;
    rs += u * va;
  }
  const at = SUMS * end;
  sums[at] = n;
  sums[at + 1] = x;
  sums[at + 2] = y;
  sums[at + 3] = xx;
  sums[at + 4] = yy;
  sums[at + 5] = xy;
  sums[at + 6] = m;
  sums[at + 7] = r;
  sums[at + 8] = s;
  sums[at + 9] = rr;
  sums[at + 10] = ss;
  sums[at + 11] = rs;
}
