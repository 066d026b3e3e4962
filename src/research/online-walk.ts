// Shows a walk-forward's models what they would be shown in the engine: the outcome of each decision right before the first decision at which its
// labels have ended, and the state of the model before.
import type { FeatureFrame } from "#domain/frame.js";
import type { Outcome, Signals } from "#domain/signal.js";
import type { FittedModel, OnlineModel, Opinion } from "#ports/model.js";
import type { FrameStore } from "./dataset/frame-store.js";
import type { Labels } from "./labels/forward-return.js";

interface Pending {
  readonly decision: number;
  readonly signals: Signals;
  /** When the last label of the decision ends; NaN where it has none. */
  readonly endsAt: number;
}

/** Over the tests of all folds, in their order. */
export class OnlineWalk {
  private state: Float64Array | null = null;
  private speaker: OnlineModel | null = null;
  private pending: Pending[] = [];

  constructor(
    private readonly frames: FrameStore,
    private readonly labels: Labels,
  ) {}

  /** What a model that goes on learning says of a test decision. */
  async opine(model: FittedModel & { readonly online: OnlineModel }, frame: FeatureFrame, decision: number): Promise<Opinion> {
    this.tell(frame.asOf);
    if (this.state === null || this.speaker !== model.online) this.state = model.online.begin(frame.instruments, this.state);
    this.speaker = model.online;
    const opinion = await model.online.opine(frame, this.state);
    const signals = { asOf: frame.asOf, ...copied(opinion), horizonUs: 0, model: model.family };
    this.pending.push({ decision, signals, endsAt: this.lastEnd(decision) });
    return opinion;
  }

  private tell(now: number): void {
    for (const { decision, signals, endsAt } of this.pending)
      if (endsAt <= now && this.state !== null && this.speaker !== null)
        this.state = this.speaker.learn(this.state, { signals, realized: this.realized(decision) } satisfies Outcome);
    this.pending = this.pending.filter(({ endsAt }) => !(endsAt <= now));
  }

  private lastEnd(decision: number): number {
    let last = Number.NaN;
    for (const row of this.rowsOf(decision)) {
      const end = this.labels.endAt[row] as number;
      if (!(end <= last)) last = Number.isNaN(end) ? last : end;
    }
    return last;
  }

  private realized(decision: number): Float64Array {
    const out = new Float64Array(this.frames.instruments).fill(Number.NaN);
    for (const row of this.rowsOf(decision)) out[this.frames.instrument[row] as number] = this.labels.value[row] as number;
    return out;
  }

  private *rowsOf(decision: number): Iterable<number> {
    const { firstRow } = this.frames;
    for (let row = firstRow[decision] as number; row < (firstRow[decision + 1] as number); row++) yield row;
  }
}

/** Models may reuse their arrays. */
function copied({ expectedReturn, uncertainty, confidence, recall }: Opinion): Opinion {
  return {
    expectedReturn: Float64Array.from(expectedReturn),
    uncertainty: uncertainty === null ? null : Float64Array.from(uncertainty),
    confidence: confidence === null ? null : Float64Array.from(confidence),
    ...(recall === undefined ? {} : { recall: Float64Array.from(recall) }),
  };
}
