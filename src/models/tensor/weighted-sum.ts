// Sums of gradients that several threads have computed, each with its weight.
import { add, type Loop, mul } from "./loop.js";
import type { VectorMemory } from "./vector-memory.js";

/** Values that are looked at together: they fit into the closest cache. */
export const SUM_BLOCK = 8192;

const sum: Loop<"sum" | "other", "before" | "share"> = {
  vectors: ["sum", "other"],
  numbers: ["before", "share"],
  step: ({ sum: before, other }, factor) => ({ sum: add(mul(factor.before, before), mul(factor.share, other)) }),
};

/** into = before * into + share * other, over the length of `other`, which may lie anywhere, also in memory that threads share. */
export type AddWeighted = (into: Float32Array, before: number, other: Float32Array, share: number) => void;

/** Takes `SUM_BLOCK` values of the memory. A factor of 0 counts its vector for nothing, whatever is in it. */
export function weightedSum(memory: VectorMemory): AddWeighted {
  const block = memory.take(SUM_BLOCK);
  const run = memory.compile(sum);
  return (into, before, other, share) => {
    if (before === 0) into.fill(0);
    block.fill(0);
    for (let from = 0; from < other.length; from += SUM_BLOCK) {
      const length = Math.min(SUM_BLOCK, other.length - from);
      if (share !== 0) block.set(other.subarray(from, from + length));
      run({ sum: into.subarray(from, from + length), other: block }, 0, length, { before, share });
    }
  };
}
