// Shares of which none is above a limit, for rules that know no limits themselves.

/** What a share has above `high` goes to those below it, in proportion. `shares` sum to 1, `high` times their number is at least 1. */
export function cappedShares(shares: Float64Array, high: number): Float64Array {
  const out = Float64Array.from(shares);
  const full = new Set<number>();
  for (;;) {
    const over = [...out.keys()].filter((i) => !full.has(i) && (out[i] as number) > high);
    if (over.length === 0) return out;
    for (const i of over) {
      full.add(i);
      out[i] = high;
    }
    let free = 0;
    for (let i = 0; i < out.length; i++) if (!full.has(i)) free += out[i] as number;
    const room = 1 - full.size * high;
    // Nobody else has a share that could grow: what is left is shared alike.
    const alike = free > 0 ? 0 : room / Math.max(1, out.length - full.size);
    for (let i = 0; i < out.length; i++) if (!full.has(i)) out[i] = free > 0 ? ((out[i] as number) * room) / free : alike;
  }
}
