// Sets of small numbers as bits, 32 to a word.

/** Number of bits of a 32-bit word (Warren 2012, figure 5-2). */
function bitCount(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** How many numbers below `limit` the set at `words[at ..]` holds. */
export function countBelowLimit(words: Int32Array, at: number, limit: number): number {
  const whole = limit >>> 5;
  let count = 0;
  for (let w = 0; w < whole; w++) count += bitCount(words[at + w] as number);
  const rest = limit & 31;
  return rest === 0 ? count : count + bitCount((words[at + whole] as number) & ((1 << rest) - 1));
}
