// Whether a net can be fed one step at a time: every block must look at one step and at what recurrent layers carried over, nothing else.
import type { Block } from "../blocks/schema.js";
import type { NetConfig } from "../config.js";

/** Why not, one reason per block that stands in the way; none when it can. */
export function stepwiseProblems({ blocks, steps }: Pick<NetConfig, "blocks" | "steps">): readonly string[] {
  const problems: string[] = [];
  const open = follow(blocks, true, "blocks", problems);
  if (problems.length === 0 && open && steps > 1)
    problems.push("blocks: all steps stand side by side at their end; a block `last` behind them reads the newest one");
  return problems;
}

/** True when there are still steps behind the blocks. */
function follow(blocks: readonly Block[], before: boolean, path: string, problems: string[]): boolean {
  return blocks.reduce((open, block, i) => after(block, open, `${path}.${i}`, problems), before);
}

function after(block: Block, open: boolean, path: string, problems: string[]): boolean {
  const refuse = (why: string): boolean => {
    problems.push(`${path}: ${block.kind} ${why}`);
    return open;
  };
  switch (block.kind) {
    case "dense":
    case "feature-attention":
      return open;
    case "lstm":
    case "gru":
      return block.direction === "forward" ? open : refuse(`runs ${block.direction === "both" ? "both ways" : "backward"}`);
    case "last":
      return false;
    case "parallel":
      return block.branches.map((branch, i) => follow(branch, open, `${path}.branches.${i}`, problems)).some(Boolean);
    case "conv":
    case "encoder":
    case "position":
    case "volatility-gate":
    case "book":
    case "over-time":
    case "downsample":
    case "attention":
    case "mean":
    case "max":
    case "flatten":
      return refuse("reads several steps at once");
    default:
      return block satisfies never;
  }
}
