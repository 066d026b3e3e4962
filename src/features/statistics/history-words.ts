// The parsing of a binary sequence into its history (Lempel and Ziv 1976): each new word is the shortest that has not been seen before, where
// what was seen may run into the word itself. All places where it may have been seen are followed at once, as bits, 32 to a word.

let ones = new Int32Array(8);
let candidates = new Int32Array(8);

/** Number of words; the binary sequence says whether each of `x[from .. from + n)` is above `edge`. */
export function historyWords(x: Float64Array, from: number, n: number, edge: number): number {
  const size = (n + 31) >>> 5;
  if (ones.length < size) {
    ones = new Int32Array(2 * size);
    candidates = new Int32Array(2 * size);
  }
  for (let w = 0; w < size; w++) {
    let word = 0;
    const end = Math.min(n, 32 * w + 32);
    for (let k = 32 * w; k < end; k++) word |= Number((x[from + k] as number) > edge) << (k & 31);
    ones[w] = word;
  }
  let count = 1;
  for (let start = 1; start < n; count++) {
    // Ends of what is the same as the new word so far and began before it, as bits.
    for (let w = 0; w < size; w++) {
      const inside = Math.max(0, Math.min(32, start - 32 * w));
      candidates[w] = inside === 32 ? -1 : (1 << inside) - 1;
    }
    for (let any = 1; any !== 0 && start < n; start++) {
      const flip = ((ones[start >>> 5] as number) >>> (start & 31)) & 1 ? 0 : -1;
      let carry = 0;
      any = 0;
      for (let w = 0; w < size; w++) {
        const left = (candidates[w] as number) & ((ones[w] as number) ^ flip);
        any |= left;
        candidates[w] = (left << 1) | carry;
        carry = left >>> 31;
      }
    }
  }
  return count;
}
