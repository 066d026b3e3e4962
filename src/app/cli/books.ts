// `truewind books ...`: recordings of order books from the command line.
import type { Command } from "commander";
import { InvalidArgumentError } from "commander";
import { checkRecording, type RecordingReport } from "#data/books/check-recording.js";
import { checkLobster, type LobsterAgreement } from "#data/books/lobster-check.js";
import { openRecordings } from "#data/books/recording.js";
import { bookLines } from "./book-lines.js";
import { addSimulate } from "./books-simulate.js";
import { type CommandContext, type CommonOptions, withCommonOptions } from "./context.js";
import { interruptible } from "./terminal.js";
import { replayBooks } from "../runs/replay-books.js";

export function addBooks(program: Command, context: CommandContext): void {
  const books = program.command("books").description("look at recordings of order books, and compute features over them");
  addCheck(books, context);
  addReplayBooks(books, context);
  addSimulate(books, context);
}

interface HealOption {
  readonly heal?: boolean;
}

const HEAL = "after a gap without a snapshot, show levels again once messages have told them";

function addCheck(books: Command, context: CommandContext): void {
  withCommonOptions(books.command("check"))
    .description("replay recordings whole: sequence, crossed books, the recorder's clock, spreads, speed")
    .argument("<paths...>", "files; those of one symbol that follow on one another are one recording")
    .option("--heal", HEAL)
    .action(async (paths: string[], options: CommonOptions & HealOption) => {
      const { terminal } = context.open(options);
      const reports: (RecordingReport & { readonly seconds: number; readonly lobster: LobsterAgreement | null })[] = [];
      const signal = interruptible();
      for (const recording of await openRecordings(paths, { heal: options.heal === true })) {
        const startedAt = performance.now();
        const report = await checkRecording(recording, () => signal.throwIfAborted());
        const seconds = (performance.now() - startedAt) / 1000;
        const lobster = await checkLobster(recording);
        if (reports.length > 0) terminal.say();
        for (const line of bookLines(report, lobster, seconds)) terminal.say(line);
        reports.push({ ...report, seconds, lobster });
      }
      terminal.result({ recordings: reports });
    });
}

interface ReplayOptions extends CommonOptions, HealOption {
  readonly features: string;
  readonly every?: number | "message";
  readonly out: string;
}

function addReplayBooks(books: Command, context: CommandContext): void {
  withCommonOptions(books.command("replay"))
    .description("compute features over a recording, in the order in which it was seen")
    .argument("<paths...>", "files of one recording, in order")
    .requiredOption("--features <names>", "names of features or sets, with commas")
    .option("--every <time>", "a bar of the mid-price every 500ms, 1s, 1m, ..., or after every `message` (default: 1s)", parseEvery)
    .requiredOption("--out <file>", "where the features go: .csv or .parquet")
    .option("--heal", HEAL)
    .action(async (paths: string[], { features, every, out, ...options }: ReplayOptions) => {
      const { terminal } = context.open(options);
      const names = features.split(",").map((name) => name.trim());
      const done = await replayBooks({
        paths,
        names,
        every: every ?? 1_000_000,
        out,
        heal: options.heal === true,
        signal: interruptible(),
      });
      terminal.say(`${done.rows.toLocaleString("en-US")} rows of ${done.features.length} features in ${out}.`);
      if (done.behindMs > 0) terminal.say(`Times are on the exchange's clock: the recorder's ran ${done.behindMs.toFixed(1)} ms behind.`);
      terminal.result(done);
    });
}

const UNITS: Readonly<Record<string, number>> = { ms: 1_000, s: 1_000_000, m: 60_000_000, h: 3_600_000_000 };

/** Microseconds. */
function parseEvery(text: string): number | "message" {
  if (text === "message") return "message";
  const [, count, unit] = /^(\d{1,9})(ms|s|m|h)$/.exec(text) ?? [];
  const every = Number(count) * (UNITS[unit ?? ""] ?? Number.NaN);
  if (!(every > 0)) throw new InvalidArgumentError("It must be a time such as 500ms, 1s or 5m, or `message`.");
  return every;
}
