// Sorts a window of a few hundred values. Float64Array.sort costs a call into the runtime and back, which for short windows is most of it.

/** Runs of this length are sorted by insertion, then merged. */
const RUN = 12;

let spare = new Float64Array(512);

/** Writes `x[from .. from + n)`, finite, in ascending order into the same places of `out`; -0 becomes 0. */
export function sortWindow(x: Float64Array, from: number, n: number, out: Float64Array): void {
  const end = from + n;
  for (let begin = from; begin < end; begin += RUN) insertRun(x, begin, Math.min(begin + RUN, end), out);
  if (n <= RUN) return;
  if (spare.length < n) spare = new Float64Array(2 * n);
  for (let size = RUN; size < n; size *= 2) {
    for (let begin = from; begin + size < end; begin += 2 * size) merge(out, begin, begin + size, Math.min(begin + 2 * size, end));
  }
}

function insertRun(x: Float64Array, begin: number, end: number, out: Float64Array): void {
  for (let k = begin; k < end; k++) {
    const v = (x[k] as number) + 0;
    let place = k;
    while (place > begin && (out[place - 1] as number) > v) {
      out[place] = out[place - 1] as number;
      place--;
    }
    out[place] = v;
  }
}

/** Merges the ascending `out[begin .. middle)` and `out[middle .. end)`. */
function merge(out: Float64Array, begin: number, middle: number, end: number): void {
  if ((out[middle - 1] as number) <= (out[middle] as number)) return;
  const count = middle - begin;
  for (let k = 0; k < count; k++) spare[k] = out[begin + k] as number;
  let left = 0;
  let right = middle;
  let place = begin;
  while (left < count && right < end) {
    const a = spare[left] as number;
    const b = out[right] as number;
    // Counting by the comparison's own value keeps an unforeseeable branch away.
    const later = Number(b < a);
    out[place++] = Math.min(a, b);
    right += later;
    left += 1 - later;
  }
  while (left < count) out[place++] = spare[left++] as number;
}
