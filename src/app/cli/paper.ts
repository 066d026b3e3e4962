// `truewind paper FILE`
import type { Command } from "commander";
import { readExperiment, readVenueCosts } from "../config/experiment.js";
import { performPaper } from "../runs/perform-paper.js";
import { type CommandContext, type CommonOptions, withCommonOptions } from "./context.js";
import { positiveInteger, positiveNumber, speedOrMax } from "./numbers.js";
import { listenersOf, tellEnd } from "./paper-session.js";

export interface PaperOptions extends CommonOptions {
  readonly sessions: number;
  readonly pace?: number;
  readonly risk?: string;
  readonly speed?: number | null;
  readonly feed?: string;
  readonly every: number;
  readonly venue?: string;
}

export function addPaper(program: Command, context: CommandContext): void {
  withCommonOptions(program.command("paper"))
    .description(
      "trade an experiment on paper, over the last sessions of its data or on a feed that follows them; an interrupted session goes on where it was",
    )
    .argument("<file>", "experiment (YAML)")
    .option(
      "--sessions <n>",
      "length of the session, counted back from the end of the data, or on from there with --feed",
      positiveInteger,
      60,
    )
    .option("--pace <n>", "sessions per second (default: as fast as it goes)", positiveNumber)
    .option(
      "--risk <file>",
      "limits and breakers of this file (default: the experiment's profile, the workspace's risk_limits.yaml, strict ones)",
    )
    .option("--speed <n>", "times as fast as real time: 1, a number above, or max (default: max)", speedOrMax)
    .option("--feed <place>", "a file, a folder or a web address that is polled for the bars that follow the data")
    .option("--every <seconds>", "how often the feed is asked", positiveNumber, 5)
    .option("--venue <file>", "what the paper venue charges, where it is not what the experiment says (YAML with keys of costs)")
    .action(async (file: string, options: PaperOptions) => {
      const { workspace, terminal } = context.open(options);
      const run = await performPaper(readExperiment(file), {
        workspace,
        sessions: options.sessions,
        pace: options.pace ?? null,
        risk: options.risk,
        speed: typeof options.speed === "number" ? options.speed : null, // of `max`, which is read as null, commander makes an empty text
        feed: options.feed === undefined ? null : { location: options.feed, everySeconds: options.every },
        venue: options.venue === undefined ? {} : readVenueCosts(options.venue),
        ...listenersOf(terminal),
      });
      tellEnd(run, terminal);
    });
}
