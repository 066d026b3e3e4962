// `truewind validate FILE`
import type { Command } from "commander";
import { TruewindError } from "#base/errors.js";
import { readExperiment } from "../config/experiment.js";
import { performValidate, VALIDATION_FILE, VALIDATION_PAGE } from "../validate/perform-validate.js";
import { validationLines } from "../validate/validation-lines.js";
import { type CommandContext, type CommonOptions, withCommonOptions } from "./context.js";
import { positiveInteger } from "./numbers.js";
import { interruptible } from "./terminal.js";

export function addValidate(program: Command, context: CommandContext): void {
  withCommonOptions(program.command("validate"))
    .description(
      "a backtest and all that could make it luck: gates, bands, trials, seeds, regimes, capacity; one page with the verdict first",
    )
    .argument("<file>", "experiment (YAML)")
    .option("--seeds <count>", "fits with different seeds", positiveInteger, 3)
    .option("--require-edge", "exit with 3 unless the verdict is an edge")
    .action(async (file: string, options: CommonOptions & { seeds: number; requireEdge?: boolean }) => {
      const { workspace, terminal } = context.open(options);
      const { folder, result } = await performValidate(readExperiment(file), {
        workspace,
        onProgress: (step, done, metrics) => terminal.progress(step, done, metrics),
        signal: interruptible(),
        seeds: options.seeds,
        command: `truewind validate ${file}`,
      });
      terminal.settle();
      terminal.say();
      for (const line of validationLines(result)) terminal.say(line);
      terminal.say();
      terminal.say(`Look at the page: ${folder.file(VALIDATION_PAGE)}`);
      terminal.result({ page: folder.file(VALIDATION_PAGE), validation: folder.file(VALIDATION_FILE), ...result });
      if (options.requireEdge === true && result.decision !== "edge")
        throw new TruewindError("gate-closed", `The verdict is "${result.decision}", and an edge was required.`);
    });
}
