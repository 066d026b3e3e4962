// `truewind compare FILE`
import type { Command } from "commander";
import { comparisonLines } from "../compare/comparison-lines.js";
import { COMPARISON_PAGE, performCompare } from "../compare/perform-compare.js";
import { readComparison } from "../config/comparison.js";
import { type CommandContext, type CommonOptions, withCommonOptions } from "./context.js";
import { interruptible } from "./terminal.js";

export function addCompare(program: Command, context: CommandContext): void {
  withCommonOptions(program.command("compare"))
    .description("measure several models on the same folds, each in an account of its own; an interrupted comparison goes on where it was")
    .argument("<file>", "comparison (YAML): an experiment with `models` in place of `model`")
    .action(async (file: string, options: CommonOptions) => {
      const { workspace, terminal } = context.open(options);
      const { folder, result } = await performCompare(readComparison(file), {
        workspace,
        onProgress: (step, done, metrics) => terminal.progress(step, done, metrics),
        signal: interruptible(),
      });
      terminal.settle();
      for (const line of comparisonLines(result)) terminal.say(line);
      terminal.say();
      terminal.say(`Look at the page: ${folder.file(COMPARISON_PAGE)}`);
      terminal.result({ comparison: folder.id, folder: folder.path, page: folder.file(COMPARISON_PAGE), ...result });
    });
}
