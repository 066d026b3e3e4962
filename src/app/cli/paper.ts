// `truewind paper FILE` and `truewind monitor FILE`
import type { Command } from "commander";
import { counted, money } from "../report/number-format.js";
import { adviceLines, answerLines } from "../report/text-summary.js";
import { tripSentence } from "../report/trip-words.js";
import { readExperiment, readVenueCosts } from "../config/experiment.js";
import { type PaperOptions as PerformOptions, type PaperRun, performPaper } from "../runs/perform-paper.js";
import { openManager } from "../signals/manager.js";
import { type CommandContext, type CommonOptions, withCommonOptions } from "./context.js";
import { performStatus } from "../status/perform-status.js";
import { PAPER_PAGE } from "../runs/run-folder.js";
import { positiveInteger, positiveNumber, speedOrMax } from "./numbers.js";
import { interruptible, type Terminal } from "./terminal.js";

interface PaperOptions extends CommonOptions {
  readonly sessions: number;
  readonly pace?: number;
  readonly risk?: string;
  readonly speed: number | null;
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
    .option("--speed <n>", "times as fast as real time: 1, a number above, or max", speedOrMax, null)
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
        ...heard(terminal),
      });
      told(run, terminal);
    });
}

/** What is said while a session runs. */
function heard(terminal: Terminal): Pick<PerformOptions, "onProgress" | "onAlert" | "onTrouble" | "signal"> {
  return {
    onAlert: ({ detail }) => process.stderr.write(`truewind: out of the ordinary: ${detail}\n`),
    onProgress: (step, done, metrics) => terminal.progress(step, done, metrics),
    onTrouble: (sentence) => process.stderr.write(`truewind: ${sentence}\n`),
    signal: interruptible(),
  };
}

function told(run: PaperRun, terminal: Terminal): void {
  terminal.settle();
  showPaper(run, terminal);
  terminal.say();
  performStatus(run.folder);
  terminal.say(`  Look at the page: ${run.folder.file(PAPER_PAGE)}`);
  terminal.say(`  Repeat it to the last order: truewind replay ${run.folder.path}`);
  terminal.say(`  May it trade with money: truewind certify ${run.folder.id}`);
  terminal.result({ ...run.outcome, resumed: run.resumed, ended: run.ended, folder: run.folder.path });
}

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
    .option("--speed <n>", "times as fast as real time: 1, a number above, or max", speedOrMax, null)
    .option("--feed <place>", "a file, a folder or a web address that is polled for the bars that follow the data")
    .action(async (file: string, options: MonitorOptions) => {
      const { workspace, terminal } = context.open(options);
      const { every, maxTurnover, sessions, risk } = options;
      const run = await openManager(readExperiment(file), { workspace, ...heard(terminal) }).monitorAndAdjust({
        every,
        maxTurnover,
        sessions,
        risk,
        speed: typeof options.speed === "number" ? options.speed : null,
        feed: options.feed === undefined ? null : { location: options.feed, everySeconds: ASKED },
      });
      told(run, terminal);
    });
}

export function showPaper({ folder, outcome, resumed, ended }: PaperRun, terminal: Terminal): void {
  terminal.say();
  if (ended) terminal.say(`It ended before, and its feed need not tell those days again: to begin anew, move ${folder.path} elsewhere.`);
  terminal.say(`PAPER SESSION ${outcome.from} to ${outcome.to}${resumed ? " (taken up again)" : ""}`);
  for (const [name, doubt] of Object.entries(outcome.factsInDoubt ?? {})) terminal.say(`  ! Facts ${name}: ${doubt}`);
  terminal.say(
    `  ${counted(outcome.decisions, "decision")}, ${counted(outcome.orders, "order")} approved, ${outcome.refused.toLocaleString("en")} refused, ${counted(outcome.fills, "fill")}`,
  );
  terminal.say(
    `  equity ${money(outcome.equity, outcome.currency)}, ${counted(Object.keys(outcome.positions).length, "position")}${outcome.halted === null ? "" : `, HALTED: ${outcome.halted}`}`,
  );
  if (outcome.metHalt !== undefined) terminal.say(`  ${counted(outcome.metHalt, "order")} met a halt and waited for its end`);
  const inGaps = outcome.quotes?.ordersInGaps ?? 0;
  if (inGaps > 0) terminal.say(`  ${counted(inGaps, "order")} met a gap in the recorded quotes and waited for its end`);
  if (outcome.unborrowed !== undefined) terminal.say(`  ${counted(outcome.unborrowed, "short")} had to be smaller: nobody lent the shares`);
  terminal.say(`  limits: ${outcome.risk.profile} ${outcome.risk.hash.slice(0, 12)}`);
  for (const trip of outcome.trips) terminal.say(`  ! ${tripSentence(trip)}`);
  if (outcome.open.length > 0)
    terminal.say(`  ! Only reductions passed at the end: ${outcome.open.join(", ")} waits for \`truewind approve\`.`);
  if (outcome.answers) for (const line of answerLines(outcome.answers)) terminal.say(`  ${line}`);
  if (outcome.advice) for (const line of ["", ...adviceLines(outcome.advice)]) terminal.say(line);
}
