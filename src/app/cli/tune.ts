// `truewind tune FILE`
import { availableParallelism } from "node:os";
import { writeFileSync, readFileSync } from "node:fs";
import type { Command } from "commander";
import { TruewindError } from "#base/errors.js";
import { readTuning } from "../config/tuning.js";
import { tuningLines } from "../tuning/tuning-lines.js";
import { performTune } from "../tuning/perform-tune.js";
import { type CommandContext, type CommonOptions, withCommonOptions } from "./context.js";
import { positiveInteger } from "./numbers.js";
import { interruptible } from "./terminal.js";

interface TuneCommandOptions extends CommonOptions {
  readonly workers?: number;
  readonly out?: string;
}

export function addTune(program: Command, context: CommandContext): void {
  withCommonOptions(program.command("tune"))
    .description("search for good settings on what precedes the first test alone; killed, it goes on behind the trials that are done")
    .argument("<file>", "experiment (YAML) with a section `tuning`")
    .option("--workers <n>", "threads that run trials (default: the cores); they change no result", positiveInteger)
    .option("--out <file>", "write the chosen experiment there, too")
    .action(async (file: string, options: TuneCommandOptions) => {
      const { workspace, terminal } = context.open(options);
      const { folder, result, experimentFile, reportFile } = await performTune(readTuning(file), {
        workspace,
        workers: options.workers ?? availableParallelism(),
        onProgress: (step, done, metrics) => terminal.progress(step, done, metrics),
        signal: interruptible(),
      });
      terminal.settle();
      if (options.out !== undefined) writeOut(options.out, readFileSync(experimentFile));
      for (const line of tuningLines(result)) terminal.say(line);
      terminal.say();
      terminal.say(`Look at it: ${reportFile}`);
      terminal.say(`Backtest it: truewind backtest ${options.out ?? experimentFile}`);
      terminal.result({ study: folder.id, folder: folder.path, experimentFile, reportFile, ...result });
    });
}

function writeOut(path: string, content: Uint8Array): void {
  try {
    writeFileSync(path, content);
  } catch (cause) {
    throw new TruewindError("bad-usage", `${path} cannot be written: name a file in a folder that exists.`, { cause });
  }
}
