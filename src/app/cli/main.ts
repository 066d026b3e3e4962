// `truewind`: parses the command line, runs one command, turns any failure into a sentence and an exit code.
import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { TruewindError } from "#base/errors.js";
import type { CommandContext } from "./context.js";
import { createTerminal, reportFailure } from "./terminal.js";
import { openWorkspace } from "../config/workspace.js";

function version(): string {
  const manifest = JSON.parse(readFileSync(new URL("../../../../package.json", import.meta.url), "utf8")) as { version: string };
  return manifest.version;
}

/** `argv` as in `process.argv`. Sets `process.exitCode`: 0 ok, 1 failed, 2 usage or configuration, 3 a gate said no. */
export async function run(argv: readonly string[]): Promise<void> {
  const program = new Command("truewind")
    .description("Measures the true wind: from market data to a verdict, a paper session and a report.")
    .version(version())
    .option("--workspace <folder>", "where data, runs and state live (default: TRUEWIND_HOME, else .truewind)")
    .option("--json", "print one JSON document for machines")
    .addHelpText("after", `\nStart with: truewind demo\n${EXIT_CODES}`)
    .showHelpAfterError("(--help after the command lists what it takes)")
    .configureHelp({ sortSubcommands: false })
    .exitOverride();
  const json = argv.includes("--json");
  // A usage error for machines is the JSON document alone.
  if (json) program.configureOutput({ writeErr: () => undefined });
  stopQuietlyWhenNobodyReads();
  const context: CommandContext = {
    open(options) {
      const all = { ...program.opts<{ workspace?: string; json?: boolean }>(), ...options };
      return { workspace: openWorkspace(all.workspace), terminal: createTerminal({ json: all.json === true }) };
    },
  };
  for (const load of loadersFor(argv.slice(2))) (await load())(program, context);
  try {
    await program.parseAsync([...argv]);
  } catch (error) {
    if (!(error instanceof CommanderError)) return reportFailure(error, json);
    process.exitCode = error.exitCode === 0 ? 0 : 2;
    if (json && error.exitCode !== 0) reportFailure(new TruewindError("bad-usage", usageSentence(error)), true);
  }
}

type Loader = () => Promise<(program: Command, context: CommandContext) => void>;

/** In the order of the help. A command is loaded when it is named: all of them take several times as long to load as most take to run. */
const LOADERS: ReadonlyMap<string, Loader> = new Map<string, Loader>([
  ["demo", async () => (await import("./demo.js")).addDemo],
  ["data", async () => (await import("./data.js")).addData],
  ["books", async () => (await import("./books.js")).addBooks],
  ["facts", async () => (await import("./facts.js")).addFacts],
  ["features", async () => (await import("./features.js")).addFeatures],
  ["train", async () => (await import("./train.js")).addTrain],
  ["tune", async () => (await import("./tune.js")).addTune],
  ["predict", async () => (await import("./predict.js")).addPredict],
  ["model", async () => (await import("./model.js")).addModel],
  ["backtest", async () => (await import("./backtest.js")).addBacktest],
  ["compare", async () => (await import("./compare.js")).addCompare],
  ["leaks", async () => (await import("./leaks.js")).addLeaks],
  ["validate", async () => (await import("./validate.js")).addValidate],
  ["control", async () => (await import("./control.js")).addControl],
  ["splits", async () => (await import("./splits.js")).addSplits],
  ["execute", async () => (await import("./execute.js")).addExecute],
  ["signals", async () => (await import("./signals.js")).addSignals],
  ["paper", async () => (await import("./paper.js")).addPaper],
  ["monitor", async () => (await import("./monitor.js")).addMonitor],
  ["limits", async () => (await import("./limits.js")).addLimits],
  ["kill", async () => (await import("./kill.js")).addKill],
  ["approve", async () => (await import("./kill.js")).addApprove],
  ["drill", async () => (await import("./drill.js")).addDrill],
  ["status", async () => (await import("./status.js")).addStatus],
  ["certify", async () => (await import("./certify.js")).addCertify],
  ["replay", async () => (await import("./replay.js")).addReplay],
  ["tca", async () => (await import("./tca.js")).addTca],
  ["risk", async () => (await import("./risk.js")).addRisk],
  ["report", async () => (await import("./report.js")).addReport],
  ["explain", async () => (await import("./explain.js")).addExplain],
  ["names", async () => (await import("./names.js")).addNames],
  ["runs", async () => (await import("./runs.js")).addRuns],
  ["trials", async () => (await import("./trials.js")).addTrials],
  ["doctor", async () => (await import("./doctor.js")).addDoctor],
]);

/** Of the command that the words name; of every command for the help, or where no command is named. */
function loadersFor(words: readonly string[]): readonly Loader[] {
  const word = words.find((text, i) => !text.startsWith("-") && words[i - 1] !== "--workspace");
  if (word === undefined && words.includes("--version")) return [];
  const named = LOADERS.get(word ?? "");
  return named === undefined ? [...LOADERS.values()] : [named];
}

const EXIT_CODES = `
Exit codes:
  0  done
  1  failed: the data, a file, another process in the way, or an interruption (Ctrl-C)
  2  usage or configuration: the command line, the experiment, a name that does not exist
  3  a gate said no: --require-edge without an edge, --require-go without a go, --require-pass with a closed gate, --require-clean with a leak, revised history in an update, or an emergency stop
A second Ctrl-C ends at once, with 130.`;

function usageSentence({ code, message }: CommanderError): string {
  if (code === "commander.help") return "No command was given: `truewind --help` lists them.";
  return message.replace(/^error: (.)/, (_, first: string) => first.toUpperCase()).replace(/\.?$/, ".");
}

/** `truewind runs | head` ends when `head` has enough. */
function stopQuietlyWhenNobodyReads(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit(process.exitCode ?? 0);
  });
}
