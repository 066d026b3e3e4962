// `truewind leaks EXPERIMENT`, `truewind leaks --program COMMAND --dataset NAME`
import type { Command } from "commander";
import { TruewindError } from "#base/errors.js";
import { readExperiment } from "../config/experiment.js";
import { leakLines } from "../leaks/leak-lines.js";
import { performLeaks, performProgramLeaks, USUAL_SEARCH } from "../leaks/perform-leaks.js";
import { type CommandContext, type CommonOptions, withCommonOptions } from "./context.js";
import { positiveInteger } from "./numbers.js";
import { interruptible } from "./terminal.js";

interface LeaksOptions extends CommonOptions {
  readonly program?: string;
  readonly dataset?: string;
  readonly names: number;
  readonly runs: number;
  readonly seed: string;
  readonly full?: boolean;
  readonly requireClean?: boolean;
}

export function addLeaks(program: Command, context: CommandContext): void {
  withCommonOptions(program.command("leaks"))
    .description("search a whole pipeline for what it could not have known: run again on data that is cut off or altered behind a moment")
    .argument("[experiment]", "experiment file (YAML)")
    .option("--program <command>", "search a program in any language instead; it is given a folder as its last argument")
    .option("--dataset <name>", "for --program: the dataset whose bars it is given")
    .option("--names <n>", "names of the dataset that take part", positiveInteger, USUAL_SEARCH.names)
    .option("--runs <n>", "times that the pipeline is run", positiveInteger, USUAL_SEARCH.runs)
    .option("--seed <text>", "chance of the alterations", USUAL_SEARCH.seed)
    .option("--full", "all names")
    .option("--require-clean", "exit with 3 when anything leaks, is refused or must be stamped")
    .action(async (file: string | undefined, { names, runs, seed, full, ...options }: LeaksOptions) => {
      const { workspace, terminal } = context.open(options);
      const common = {
        workspace,
        names: full === true ? null : names,
        runs,
        seed,
        onProgress: (step: string, done: number) => terminal.progress(step, done),
        signal: interruptible(),
      };
      const result =
        options.program === undefined
          ? await performLeaks(readExperiment(needed(file, "Name an experiment file, or a program with --program.")), common)
          : await performProgramLeaks(
              options.program,
              needed(options.dataset, "Say with --dataset whose bars the program is given."),
              common,
            );
      terminal.settle();
      for (const line of leakLines(result)) terminal.say(line);
      terminal.result(result);
      if (options.requireClean === true && !result.report.clean)
        throw new TruewindError("gate-closed", `${result.report.subject} is not free of leaks, and that was required.`);
    });
}

function needed(given: string | undefined, otherwise: string): string {
  if (given === undefined) throw new TruewindError("bad-usage", otherwise);
  return given;
}
