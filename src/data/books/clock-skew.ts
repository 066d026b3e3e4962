// How far the recorder's clock is from the exchange's. Latency is never negative, so `local - exchange` has a lower edge, the quickest way;
// where that edge lies below zero the recorder's clock runs behind by at least as much. A clock that runs ahead looks like a slow line and
// is left alone. The edge is a line in time (clocks drift), fitted through the lowest differences of stretches of ten seconds.
import { SECOND_US } from "#domain/time.js";

const STRETCH_US = 10 * SECOND_US;
/** The edge of a stretch is its fifth lowest difference: a few impossible stamps do not move it. */
const LOWEST = 5;
const MOST_SAMPLES = 1 << 15;

export interface ClockSkew {
  /** Recorder behind the exchange, microseconds, in the middle of the recording; 0 when nothing shows that it is behind. */
  readonly behindUs: number;
  /** Change of `local - exchange` in parts per million; NaN where less than a minute tells nothing. */
  readonly driftPpm: number;
  /** Messages that told both clocks. */
  readonly messages: number;
  /** Median of `local - exchange` as recorded, and above the corrected clock: the usual latency beyond the quickest. Microseconds. */
  readonly medianDifferenceUs: number;
  readonly medianLatencyUs: number;
  /** The recorder's time on the exchange's clock, whole Micros. */
  correct(localAt: number): number;
}

export class ClockSkewEstimate {
  private readonly stretches = new Map<number, number[]>();
  private samples: number[] = [];
  private stride = 1;
  private count = 0;

  /** One message that told both clocks. */
  add(local: number, exchange: number): void {
    const difference = local - exchange;
    if (Number.isNaN(difference)) return;
    if (this.count++ % this.stride === 0) this.sample(local, difference);
    const key = Math.floor(local / STRETCH_US);
    const lowest = this.stretches.get(key);
    if (lowest === undefined) {
      this.stretches.set(key, [difference]);
      return;
    }
    if (lowest.length === LOWEST && difference >= (lowest.at(-1) as number)) return;
    lowest.push(difference);
    lowest.sort((a, b) => a - b);
    if (lowest.length > LOWEST) lowest.pop();
  }

  estimate(): ClockSkew {
    const points = [...this.stretches].map(([key, lowest]) => ({ x: (key + 0.5) * STRETCH_US, y: lowest.at(-1) as number }));
    points.sort((a, b) => a.x - b.x);
    const slope = slopeOf(points);
    const middle = ((points[0]?.x ?? 0) + (points.at(-1)?.x ?? 0)) / 2;
    const level = median(points.map(({ x, y }) => y - slope * (x - middle)));
    const isBehind = level < 0;
    const edge = (local: number): number => level + slope * (local - middle);
    const differences: number[] = [];
    const latencies: number[] = [];
    for (let k = 0; k < this.samples.length; k += 2) {
      const [local, difference] = [this.samples[k] as number, this.samples[k + 1] as number];
      differences.push(difference);
      latencies.push(isBehind ? difference - edge(local) : difference);
    }
    return {
      behindUs: isBehind ? -level : 0,
      driftPpm: points.length < 6 ? Number.NaN : slope * 1e6,
      messages: this.count,
      medianDifferenceUs: median(differences),
      medianLatencyUs: median(latencies),
      correct: isBehind ? (localAt) => Math.round(localAt - edge(localAt)) : (localAt) => localAt,
    };
  }

  private sample(local: number, difference: number): void {
    this.samples.push(local, difference);
    if (this.samples.length < MOST_SAMPLES) return;
    this.stride *= 2;
    this.samples = this.samples.filter((_, k) => k % 4 < 2);
  }
}

/** Median slope between points half the recording apart (a Theil-Sen line of few pairs); 0 where there are too few. */
function slopeOf(points: readonly { readonly x: number; readonly y: number }[]): number {
  if (points.length < 6) return 0;
  const half = points.length >> 1;
  const slopes = points.slice(half).map((late, k) => {
    const early = points[k] as { readonly x: number; readonly y: number };
    return (late.y - early.y) / (late.x - early.x);
  });
  return median(slopes);
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return Number.NaN;
  return sorted.length % 2 === 1 ? (sorted[middle] as number) : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}
