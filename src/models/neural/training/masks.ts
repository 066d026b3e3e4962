// Masks of dropout in bulk: four elements from each 32 random bits of xoshiro128** (Blackman & Vigna 2018), under 2 ns an element.
// Rates are therefore rounded to 1/256, and what is kept is scaled by the rounded rate, so that the expectation is exact.
import type { Rng } from "#base/rng.js";

/** Writes 0 with probability `rate`, else 1 / (1 - rate). The masks follow from the generator's seed alone. */
export function fillMask(mask: Float32Array, rate: number, rng: Rng): void {
  // One value must be left to keep, however high the rate.
  const dropped = Math.min(Math.round(rate * 256), 255);
  const kept = 256 / (256 - dropped);
  const table = new Float32Array(256).fill(kept, dropped);
  let [a, b, c, d] = rng.save() as [number, number, number, number];
  const whole = mask.length & ~3;
  let last = 0;
  for (let i = 0; i < mask.length; i += 4) {
    const x = Math.imul(b, 5);
    const bits = Math.imul((x << 7) | (x >>> 25), 9);
    const t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = (d << 11) | (d >>> 21);
    if (i === whole) {
      last = bits;
      break;
    }
    mask[i] = table[bits & 255] as number;
    mask[i + 1] = table[(bits >>> 8) & 255] as number;
    mask[i + 2] = table[(bits >>> 16) & 255] as number;
    mask[i + 3] = table[bits >>> 24] as number;
  }
  for (let i = whole; i < mask.length; i++) mask[i] = table[(last >>> (8 * (i - whole))) & 255] as number;
}
