// `truewind monitor FILE`: the manager's verb `monitorAndAdjust`.
import type { Command } from "commander";
import { readExperiment } from "../config/experiment.js";
import { openManager } from "../signals/manager.js";
import { type CommandContext, type CommonOptions, withCommonOptions } from "./context.js";
import { positiveInteger, positiveNumber, speedOrMax } from "./numbers.js";
import type { PaperOptions } from "./paper.js";
import { listenersOf, tellEnd } from "./paper-session.js";

interface MonitorOptions extends Pick<PaperOptions, "sessions" | "risk" | "speed" | "feed" | keyof CommonOptions> {
  readonly every: string;
  readonly maxTurnover: number;
}

/** Seconds between two questions to a feed. */
const ASKED = 5;

export function addMonitor(program: Command, context: CommandContext): void {
  withCommonOptions(program.command("monitor"))
    .description("a paper session whose optimized portfolio is solved again every so often between decisions, on bars within the day")
    .argument("<file>", "experiment (YAML)")
    .requiredOption("--every <time>", "15m, 1h or 90s: whole bars of the data")
    .requiredOption(
      "--max-turnover <part>",
      "most that one adjustment trades, buys and sells together: 0.05 is 5 % of equity",
      positiveNumber,
    )
    .option("--sessions <n>", "length of the session, as for `truewind paper`", positiveInteger, 20)
    .option("--risk <file>", "limits of this file (default: as `truewind paper`)")
    .option("--speed <n>", "times as fast as real time: 1, a number above, or max (default: max)", speedOrMax)
    .option("--feed <place>", "a file, a folder or a web address that is polled for the bars that follow the data")
    .action(async (file: string, options: MonitorOptions) => {
      const { workspace, terminal } = context.open(options);
      const { every, maxTurnover, sessions, risk } = options;
      const run = await openManager(readExperiment(file), { workspace, ...listenersOf(terminal) }).monitorAndAdjust({
        every,
        maxTurnover,
        sessions,
        risk,
        speed: typeof options.speed === "number" ? options.speed : null,
        feed: options.feed === undefined ? null : { location: options.feed, everySeconds: ASKED },
      });
      tellEnd(run, terminal);
    });
}
