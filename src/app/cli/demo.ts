// `truewind demo`: the whole road in one go, on a simulated market where the truth is known, or on a folder of your own bars.
import { join } from "node:path";
import type { Command } from "commander";
import { stringify } from "yaml";
import { importDataset } from "#data/import/import-dataset.js";
import { renderQuality } from "#data/quality/render.js";
import type { Experiment } from "../config/experiment.js";
import type { Workspace } from "../config/workspace.js";
import { type BacktestRun, performBacktest } from "../runs/perform-backtest.js";
import { type PaperRun, performPaper } from "../runs/perform-paper.js";
import { performReplay } from "../runs/perform-replay.js";
import { REPORT_FILE, writeWhole } from "../runs/run-folder.js";
import { simulateDataset } from "../runs/simulated-dataset.js";
import { backtestJson, showBacktest } from "./backtest.js";
import { type CommandContext, type CommonOptions, withCommonOptions } from "./context.js";
import { describe, locate } from "./dataset-lines.js";
import { SIMULATED, ownDataExperiment, simulatedExperiment } from "./demo-experiment.js";
import { showPaper } from "./paper-session.js";
import { type Terminal, interruptible } from "./terminal.js";

interface DemoOptions extends CommonOptions {
  readonly data?: string;
  readonly seed: string;
}

const PAPER_SESSIONS = 60;
/** The least part of a short dataset that is left for the paper session. */
const PAPER_SHARE = 1 / 3;

export function addDemo(program: Command, context: CommandContext): void {
  withCommonOptions(program.command("demo"))
    .description("data, features, model, backtest, verdict, paper session, replay and report in one go")
    .option("--data <folder>", "use the bars in this folder instead of simulated markets")
    .option("--seed <text>", "seed of the simulated markets", "1")
    .action(async (options: DemoOptions) => {
      const { workspace, terminal } = context.open(options);
      const demo = { workspace, terminal, signal: interruptible() };
      terminal.result(options.data === undefined ? await simulatedDemo(demo, options.seed) : await ownDataDemo(demo, options.data));
    });
}

interface Demo {
  readonly workspace: Workspace;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
}

/** Two markets that look alike: in one an edge was planted, in the other nothing. The verdicts must tell them apart. */
async function simulatedDemo(demo: Demo, seed: string): Promise<unknown> {
  const { workspace, terminal } = demo;
  const runs: BacktestRun[] = [];
  let paper: PaperRun | null = null;
  for (const { kind, edge, words } of [
    { kind: "edge", edge: 2, words: "A MARKET WITH A PLANTED EDGE (an oracle would earn a Sharpe ratio of 2 over equal weight)" },
    { kind: "none", edge: 0, words: "THE SAME KIND OF MARKET WITH NOTHING TO FIND" },
  ]) {
    const name = `simulated-${kind}-${seed}`;
    terminal.say();
    terminal.say(words);
    terminal.progress("simulating", 0);
    const manifest = await simulateDataset(workspace, { ...SIMULATED, name, seed, edge });
    terminal.settle();
    describe(manifest, terminal.say);
    const experiment = simulatedExperiment(`demo-${kind}-${seed.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-")}`, name);
    const run = await backtest(demo, experiment);
    showBacktest(run, terminal, []);
    runs.push(run);
    if (kind === "edge") paper = await paperAndReplay(demo, experiment, run.result.dates.length);
  }
  const [planted, empty] = runs as [BacktestRun, BacktestRun];
  terminal.say();
  terminal.say(
    `An edge was planted, and the verdict is "${planted.verdict.decision}". Nothing was planted, and the verdict is "${empty.verdict.decision}".`,
  );
  nextSteps(demo, runs);
  return { planted: backtestJson(planted), empty: backtestJson(empty), paper: paper?.outcome };
}

async function ownDataDemo(demo: Demo, folder: string): Promise<unknown> {
  const { workspace, terminal, signal } = demo;
  const { manifest, quality } = await importDataset(await locate(folder), workspace.lake, {
    onProgress: ({ stage, done }) => terminal.progress(stage, done),
    signal,
  });
  terminal.settle();
  terminal.say();
  describe(manifest, terminal.say);
  terminal.say(renderQuality(quality).trimEnd());
  const experiment = ownDataExperiment(manifest);
  const run = await backtest(demo, experiment);
  showBacktest(run, terminal, []);
  const paper = await paperAndReplay(demo, experiment, run.result.dates.length);
  nextSteps(demo, [run]);
  return { run: backtestJson(run), paper: paper.outcome };
}

async function backtest({ workspace, terminal, signal }: Demo, experiment: Experiment): Promise<BacktestRun> {
  const file = experimentFile(workspace, experiment);
  writeWhole(file, stringify(experiment));
  const run = await performBacktest(experiment, {
    workspace,
    onProgress: (step, done, metrics) => terminal.progress(step, done, metrics),
    signal,
    command: `truewind backtest ${experiment.name}.yaml`,
  });
  terminal.settle();
  return run;
}

/** `tested`: out-of-sample sessions of the experiment. */
async function paperAndReplay({ workspace, terminal, signal }: Demo, experiment: Experiment, tested: number): Promise<PaperRun> {
  const onProgress = (step: string, done: number): void => terminal.progress(step, done);
  const sessions = Math.max(1, Math.min(PAPER_SESSIONS, Math.floor(tested * PAPER_SHARE)));
  const paper = await performPaper(experiment, { workspace, sessions, pace: null, onProgress, signal });
  const replay = await performReplay(paper.folder.path, workspace, onProgress);
  terminal.settle();
  showPaper(paper, terminal);
  terminal.say(`  replayed from its journal: ${replay.events} events, ${replay.orders} orders, all identical`);
  return paper;
}

function nextSteps({ workspace, terminal }: Demo, runs: readonly BacktestRun[]): void {
  terminal.say();
  terminal.say("NEXT");
  for (const { folder } of runs) terminal.say(`  Look at the report: ${folder.file(REPORT_FILE)}`);
  const [first] = runs;
  if (first === undefined) return;
  terminal.say(`  Change the experiment and run it again: truewind backtest ${join(workspace.experiments, `${first.result.name}.yaml`)}`);
  terminal.say("  Use your own bars: truewind demo --data FOLDER");
}

function experimentFile(workspace: Workspace, { name }: Experiment): string {
  return join(workspace.experiments, `${name}.yaml`);
}
