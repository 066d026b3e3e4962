// Follows the steps of a sequence through blocks, so that a net that cannot be built is refused while its settings are read.
import type { Block } from "./schema.js";

/** Steps behind a block; null: none, one vector per sample. */
type Steps = number | null;

/** Every problem, each with the place of its block; none when the blocks fit together. `steps`: those of the net's input. */
export function stepProblems(blocks: readonly Block[], steps: number): readonly string[] {
  const problems: string[] = [];
  follow(blocks, steps, "blocks", { problems, input: steps });
  return problems;
}

interface Walk {
  readonly problems: string[];
  /** Steps of the net's input. */
  readonly input: number;
}

function follow(blocks: readonly Block[], steps: Steps, path: string, walk: Walk): Steps {
  return blocks.reduce((before: Steps, block, i) => after(block, before, `${path}.${i}`, walk), steps);
}

function after(block: Block, steps: Steps, path: string, walk: Walk): Steps {
  const say = (problem: string): void => void walk.problems.push(`${path}: ${block.kind} ${problem}`);
  const needSteps = (): boolean => {
    if (steps === null) say("reads steps, but a block before it left none");
    return steps !== null;
  };
  switch (block.kind) {
    case "dense":
    case "feature-attention":
      return steps;
    case "volatility-gate":
      if (steps !== null && steps !== walk.input) say(`reads the volatility of ${walk.input} steps, but a block before it left ${steps}`);
      return steps;
    case "position":
      if (needSteps() && block.encoding === "volatility" && steps !== walk.input) {
        say(`reads the volatility of ${walk.input} steps, but a block before it left ${steps}`);
      }
      return steps;
    case "lstm":
    case "gru":
    case "conv":
    case "encoder":
    case "book":
      needSteps();
      return steps;
    case "over-time":
      return needSteps() ? 1 : null;
    case "downsample":
      if (!needSteps()) return null;
      if ((steps as number) < block.factor) say(`takes means over ${block.factor} steps, but there are ${steps}: give the net more steps`);
      return Math.max(1, Math.floor((steps as number) / block.factor));
    case "attention":
    case "last":
    case "mean":
    case "max":
    case "flatten":
      needSteps();
      return null;
    case "parallel": {
      const ends = block.branches.map((branch, i) => follow(branch, steps, `${path}.branches.${i}`, walk));
      if (new Set(ends).size > 1)
        say(`joins branches of different length (${ends.map((end) => (end === null ? "none" : `${end} steps`)).join(", ")})`);
      return ends[0] as Steps;
    }
    default:
      return block satisfies never;
  }
}
