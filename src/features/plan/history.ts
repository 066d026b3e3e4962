// The decisions before: what models that look back are shown beside the frame at hand. A step is a frame that somebody asked for, and it
// stays as it was known then: a later split or correction changes nothing in it.
import { ByteReader, ByteWriter } from "#base/bytes.js";
import { invariant, TruewindError } from "#base/errors.js";
import type { FeatureFrame, FrameHistory } from "#domain/frame.js";
import type { FeaturePlan } from "#ports/stages.js";

/** The last frames of all instruments. Research and the engine's plan both keep them here, so that models read the same bits in both. */
export class FrameMemory {
  /** Row-major `[instrument][step][feature]`, oldest first; NaN before the first frame and where an instrument was no member. */
  readonly values: Float32Array<ArrayBuffer>;

  constructor(
    private readonly instruments: number,
    private readonly features: number,
    readonly steps: number,
  ) {
    this.values = new Float32Array(instruments * steps * features).fill(Number.NaN);
  }

  /** Takes the frame as the latest step. What it returns is valid until the next call. */
  push({ instruments, features: { length: k }, member, values }: FeatureFrame): FrameHistory {
    const { values: kept, steps } = this;
    invariant(instruments === this.instruments && k === this.features, "a frame has another shape than those before it");
    // Every step moves back by one; what lands in a last step belongs to the next instrument and is overwritten below.
    kept.copyWithin(0, k);
    for (let i = 0; i < instruments; i++) {
      const to = ((i + 1) * steps - 1) * k;
      if (member[i] !== 1) kept.fill(Number.NaN, to, to + k);
      else for (let j = 0, from = i * k; j < k; j++) kept[to + j] = values[from + j] as number;
    }
    return this;
  }
}

/**
 * The plan, whose frames also show the last `steps` frames that it was asked for. One step is the plan itself, at no cost. Memory: 4 bytes
 * per instrument, step and feature.
 */
export function withHistory(plan: FeaturePlan, instruments: number, steps: number): FeaturePlan {
  invariant(Number.isInteger(steps) && steps >= 1, `a plan looks back on a whole number of decisions, at least 1; asked for ${steps}`);
  return steps === 1 ? plan : new RememberingPlan(plan, new FrameMemory(instruments, plan.features.length, steps));
}

class RememberingPlan implements FeaturePlan {
  readonly features: readonly string[];

  constructor(
    private readonly plan: FeaturePlan,
    private readonly memory: FrameMemory,
  ) {
    this.features = plan.features;
  }

  advance(...rows: Parameters<FeaturePlan["advance"]>): void {
    this.plan.advance(...rows);
  }

  reference(event: Parameters<FeaturePlan["reference"]>[0]): void {
    this.plan.reference(event);
  }

  frame(...moment: Parameters<FeaturePlan["frame"]>): FeatureFrame {
    const frame = this.plan.frame(...moment);
    return { ...frame, history: this.memory.push(frame) };
  }

  snapshot(): Uint8Array {
    const { values, steps } = this.memory;
    return new ByteWriter(values.byteLength + 256).bytes(this.plan.snapshot()).u32(steps).bytes(bytesOf(values)).finish();
  }

  /** Throws `corrupt-artifact` when the snapshot was made by a plan with other features or options, or that looked back otherwise. */
  restore(snapshot: Uint8Array): void {
    const reader = new ByteReader(snapshot);
    this.plan.restore(reader.bytes());
    const steps = reader.u32();
    const saved = reader.bytes();
    const values = bytesOf(this.memory.values);
    if (steps !== this.memory.steps || saved.length !== values.length) {
      throw new TruewindError(
        "corrupt-artifact",
        `The feature snapshot remembers ${steps} decisions, and the models look back on ${this.memory.steps}: start again from the bars.`,
      );
    }
    values.set(saved);
  }
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
