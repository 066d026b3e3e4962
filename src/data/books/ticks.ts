// Prices as integers: a decimal text becomes a whole number of 10^-decimals, without rounding. Never a float on the way in.

/**
 * A plain decimal such as `61773.60` as an integer count of 10^-decimals.
 * NaN when it is none, has more decimals that are not zero, or is 2^53 or above.
 */
export function parseTicks(text: string, decimals: number): number {
  let value = 0;
  let after = -1;
  let digits = 0;
  let negative = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code >= 48 && code <= 57) {
      digits++;
      if (after === decimals) {
        if (code !== 48) return Number.NaN;
        continue;
      }
      value = value * 10 + (code - 48);
      if (after >= 0) after++;
    } else if (code === 46 && after < 0) after = 0;
    else if (code === 45 && i === 0) negative = true;
    else return Number.NaN;
  }
  if (digits === 0) return Number.NaN;
  for (let k = Math.max(after, 0); k < decimals; k++) value *= 10;
  if (value > Number.MAX_SAFE_INTEGER) return Number.NaN;
  return negative ? -value : value;
}

/** 10^decimals: `ticks / scale` is the float nearest to the decimal price (both are exact, and division rounds once). */
export function tickScale(decimals: number): number {
  return 10 ** decimals;
}

/** A size or an amount: finite and not negative, else NaN. */
export function parseSize(text: string): number {
  const size = text === "" ? Number.NaN : Number(text);
  return size >= 0 && size < Number.POSITIVE_INFINITY ? size : Number.NaN;
}

/** Whole microseconds of a time in `digits` (seconds 10, ms 13, us 16, ns 19 digits); NaN when it is none. Cuts, never rounds up. */
export function parseEpoch(text: string): number {
  if (!/^\d{10,19}$/.test(text)) return Number.NaN;
  if (text.length >= 16) return Number(text.slice(0, 16));
  return Number(text.padEnd(16, "0"));
}
