// `truewind execute DATASET`
import { InvalidArgumentError, type Command } from "commander";
import { costPicture } from "../execution/cost-picture.js";
import { executionLines } from "../execution/execute-lines.js";
import { performExecute } from "../execution/perform-execute.js";
import { type CommandContext, type CommonOptions, withCommonOptions } from "./context.js";
import { nonNegativeNumber, positiveInteger } from "./numbers.js";
import { writePicture } from "./write-picture.js";

interface ExecuteCommandOptions extends CommonOptions {
  readonly instruments?: string;
  readonly share: number;
  readonly learn: number;
  readonly halfSpread: number;
  readonly out?: string;
}

export function addExecute(program: Command, context: CommandContext): void {
  withCommonOptions(program.command("execute"))
    .description("what one order would have cost in five styles of execution, on every recorded session of a dataset of minute bars")
    .argument("<dataset>", "dataset of bars within the day")
    .option("--instruments <symbols>", "only these, joined by commas")
    .option("--share <part>", "size of an order: part of the mean volume of past sessions", shareOf, 0.05)
    .option("--learn <sessions>", "sessions looked at before the first order", positiveInteger, 5)
    .option("--half-spread <bps>", "half the spread, basis points; never less than half a tick", nonNegativeNumber, 1)
    .option("--out <file>", "write the picture there (SVG)")
    .action(async (dataset: string, options: ExecuteCommandOptions) => {
      const { workspace, terminal } = context.open(options);
      const result = await performExecute({
        workspace,
        dataset,
        instruments: options.instruments?.split(",").map((symbol) => symbol.trim()) ?? null,
        share: options.share,
        learn: options.learn,
        halfSpreadBps: options.halfSpread,
        onProgress: (step, done) => terminal.progress(step, done),
      });
      terminal.settle();
      for (const line of executionLines(result)) terminal.say(line);
      if (options.out !== undefined) {
        writePicture(options.out, costPicture(result));
        terminal.say();
        terminal.say(`Look at it: ${options.out}`);
      }
      terminal.result({ ...result, picture: options.out ?? null });
    });
}

function shareOf(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 1)) throw new InvalidArgumentError("It must be above 0 and at most 1.");
  return value;
}
