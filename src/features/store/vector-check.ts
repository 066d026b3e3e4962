// Looks at every vector before it is served: values outside their declared range, too many that are not known, and how far the values
// have moved from those of a reference. It counts and judges; it changes nothing.
import type { Bounds } from "#features/language/bounds.js";

export interface CheckedFeature {
  readonly name: string;
  readonly range: Bounds;
  /** Mean and population standard deviation of the reference, as of the training data; null when there is none. */
  readonly reference: { readonly mean: number; readonly deviation: number } | null;
}

/** A vector that is not sound is still served, with this beside it. */
export interface Verdict {
  readonly sound: boolean;
  /** Names of features outside their range. */
  readonly outside: readonly string[];
  /** Share of values that are not known, 0 to 1. */
  readonly unknown: number;
}

export interface FeatureCounters {
  readonly name: string;
  readonly vectors: number;
  readonly unknown: number;
  readonly outside: number;
  /** Values beyond eight reference deviations from the reference mean. */
  readonly strange: number;
  /** Running mean less reference mean, in reference deviations; null without a reference or values. */
  readonly shift: number | null;
  /** Running over reference deviation; null likewise. */
  readonly spread: number | null;
}

/** Of a bound, or of 1 when that is more: rounding is no misfit. */
const SLACK = 1e-12;
const slackOf = (bound: number): number => SLACK * Math.max(1, Math.abs(bound));
const STRANGE = 8;

export class VectorCheck {
  vectors = 0;
  unsound = 0;
  private readonly known: Float64Array;
  private readonly outside: Float64Array;
  private readonly strange: Float64Array;
  private readonly mean: Float64Array;
  private readonly squares: Float64Array;

  /** `maxUnknown`: a vector with a larger share of unknown values is not sound. */
  constructor(
    private readonly features: readonly CheckedFeature[],
    private readonly maxUnknown: number,
  ) {
    const cells = (): Float64Array => new Float64Array(features.length);
    this.known = cells();
    this.outside = cells();
    this.strange = cells();
    this.mean = cells();
    this.squares = cells();
  }

  /** Judges the vector that begins at `from`, and counts it. */
  take(values: Float64Array, from = 0): Verdict {
    const { features, mean, squares } = this;
    const outside: string[] = [];
    let unknown = 0;
    this.vectors++;
    for (let f = 0; f < features.length; f++) {
      const v = values[from + f] as number;
      if (v - v !== 0) {
        unknown++;
        continue;
      }
      const n = (this.known[f] = (this.known[f] as number) + 1);
      // Welford 1962.
      const d = v - (mean[f] as number);
      mean[f] = (mean[f] as number) + d / n;
      squares[f] = (squares[f] as number) + d * (v - (mean[f] as number));
      const { name, range, reference } = features[f] as CheckedFeature;
      const [low, high] = range;
      if ((low !== null && v < low - slackOf(low)) || (high !== null && v > high + slackOf(high))) {
        this.outside[f] = (this.outside[f] as number) + 1;
        outside.push(name);
      }
      if (reference !== null && Math.abs(v - reference.mean) > STRANGE * reference.deviation)
        this.strange[f] = (this.strange[f] as number) + 1;
    }
    const share = features.length === 0 ? 0 : unknown / features.length;
    const sound = outside.length === 0 && share <= this.maxUnknown;
    if (!sound) this.unsound++;
    return { sound, outside, unknown: share };
  }

  counters(): readonly FeatureCounters[] {
    return this.features.map(({ name, reference }, f) => {
      const n = this.known[f] as number;
      const compared = reference !== null && reference.deviation > 0 && n > 0;
      return {
        name,
        vectors: this.vectors,
        unknown: this.vectors - n,
        outside: this.outside[f] as number,
        strange: this.strange[f] as number,
        shift: compared ? ((this.mean[f] as number) - reference.mean) / reference.deviation : null,
        spread: compared ? Math.sqrt((this.squares[f] as number) / n) / reference.deviation : null,
      };
    });
  }
}
