// `truewind signals FILE`
import type { Command } from "commander";
import { readExperiment } from "../config/experiment.js";
import { performSignals } from "../signals/perform-signals.js";
import { signalLines } from "../signals/signal-lines.js";
import { type CommandContext, type CommonOptions, withCommonOptions } from "./context.js";
import { positiveNumber } from "./numbers.js";
import { interruptible } from "./terminal.js";

interface SignalsCommandOptions extends CommonOptions {
  readonly riskBudget?: number;
  readonly universe?: string;
  readonly from?: string;
  readonly risk?: string;
}

export function addSignals(program: Command, context: CommandContext): void {
  withCommonOptions(program.command("signals"))
    .description("after the last session of an experiment's data: BUY, SELL or HOLD, weights and orders of each name; nothing is sent")
    .argument("<file>", "experiment (YAML)")
    .option("--risk-budget <part>", "volatility a year that the account may have: 0.10 is 10 %", positiveNumber)
    .option("--universe <symbols>", "only these, joined by commas; their models are trained anew")
    .option(
      "--from <run or file>",
      "what is held: a finished paper session, or a file with cash and positions (default: the experiment's cash)",
    )
    .option("--risk <file>", "limits of this file (default: as `truewind paper`)")
    .action(async (file: string, options: SignalsCommandOptions) => {
      const { workspace, terminal } = context.open(options);
      const found = await performSignals(readExperiment(file), {
        workspace,
        riskBudget: options.riskBudget ?? null,
        universe: options.universe?.split(",").map((symbol) => symbol.trim()) ?? null,
        from: options.from,
        risk: options.risk,
        onProgress: (step, done, metrics) => terminal.progress(step, done, metrics),
        signal: interruptible(),
      });
      terminal.settle();
      for (const line of signalLines(found)) terminal.say(line);
      terminal.result(found);
    });
}
