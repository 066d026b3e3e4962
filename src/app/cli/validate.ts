// `truewind validate FILE`
import type { Command } from "commander";
import { TruewindError } from "#base/errors.js";
import { readExperiment } from "../config/experiment.js";
import { performValidate, VALIDATION_FILE, VALIDATION_PAGE } from "../validate/perform-validate.js";
import { validationLines } from "../validate/validation-lines.js";
import { type CommandContext, type CommonOptions, withCommonOptions } from "./context.js";
import { positiveInteger } from "./numbers.js";
import { interruptible } from "./terminal.js";

interface ValidateCommandOptions extends CommonOptions {
  readonly seeds: number;
  readonly groups: number;
  readonly paths: boolean;
  readonly leaks: boolean;
  readonly requireEdge?: boolean;
}

export function addValidate(program: Command, context: CommandContext): void {
  withCommonOptions(program.command("validate"))
    .description(
      "a backtest and all that could make it luck: gates, bands, trials, seeds, other histories, leaks, regimes, capacity; one page with the verdict first",
    )
    .argument("<file>", "experiment (YAML)")
    .option("--seeds <count>", "fits with different seeds", positiveInteger, 3)
    .option("--groups <count>", "groups of the combinatorial paths, of which two are tested together", positiveInteger, 6)
    .option("--no-paths", "leave out the paths, which fit a model for each pair of groups")
    .option("--no-leaks", "leave out the search for leaks, and with it any edge")
    .option("--require-edge", "exit with 3 unless the verdict is an edge")
    .action(async (file: string, options: ValidateCommandOptions) => {
      const { workspace, terminal } = context.open(options);
      const { folder, result } = await performValidate(readExperiment(file), {
        workspace,
        onProgress: (step, done, metrics) => terminal.progress(step, done, metrics),
        signal: interruptible(),
        seeds: options.seeds,
        groups: options.paths ? options.groups : null,
        leaks: options.leaks,
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
