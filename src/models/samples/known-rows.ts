// The windows of a frame that a model can say something about.
import type { FeatureFrame } from "#domain/frame.js";
import { gatherFrame } from "./windows.js";

export interface KnownRows {
  /** Members with at least one known value in their window, ascending. */
  readonly instruments: Int32Array;
  /** Row-major `[instrument][step][feature]`, f32 as in training; NaN: not known, infinite values too. */
  readonly x: Float32Array;
}

/** Throws `bad-config` when the frame does not look back `steps` decisions; `family` is for that message. */
export function knownRows(family: string, frame: FeatureFrame, steps: number): KnownRows {
  const members = Int32Array.from(frame.member.keys()).filter((i) => frame.member[i] === 1);
  const width = steps * frame.features.length;
  const x = new Float32Array(members.length * width);
  gatherFrame(family, frame, steps, members, x);
  let rows = 0;
  for (let n = 0; n < members.length; n++) {
    let known = false;
    for (let from = n * width, to = rows * width; from < (n + 1) * width; from++, to++) {
      const value = x[from] as number;
      const finite = value - value === 0;
      known ||= finite;
      x[to] = finite ? value : Number.NaN;
    }
    if (known) members[rows++] = members[n] as number;
  }
  return { instruments: members.slice(0, rows), x: x.subarray(0, rows * width) };
}
