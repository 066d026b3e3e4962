// The cost of impact as straight lines, so that a quadratic program can hold it.

export interface Segment {
  /** Length along the trade, fraction of equity. */
  readonly width: number;
  /** Cost per unit of trade along it. */
  readonly slope: number;
}

const SEGMENTS = 8;

/**
 * Chords of c x t^(3/2) for trades t from 0 to `most`, with breakpoints at most x (k / 8)^3: denser where it bends. Exact at the
 * breakpoints, nowhere too low, at worst by 1.2 % of c x most^(3/2) too high.
 */
export function impactSegments(c: number, most: number): Segment[] {
  const cost = (t: number): number => c * t ** 1.5;
  return Array.from({ length: SEGMENTS }, (_, k) => {
    const [from, to] = [most * (k / SEGMENTS) ** 3, most * ((k + 1) / SEGMENTS) ** 3];
    return { width: to - from, slope: (cost(to) - cost(from)) / (to - from) };
  });
}

/** The cost of a trade of size t, along the segments. */
export function segmentCost(segments: readonly Segment[], t: number): number {
  let [left, cost] = [t, 0];
  for (const { width, slope } of segments) {
    const part = Math.min(left, width);
    cost += part * slope;
    left -= part;
  }
  return cost + Math.max(0, left) * (segments.at(-1)?.slope ?? 0);
}
