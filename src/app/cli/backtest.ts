// `truewind backtest FILE`
import type { Command } from "commander";
import { TruewindError } from "#base/errors.js";
import { readExperiment } from "../config/experiment.js";
import { type BacktestRun, performBacktest } from "../runs/perform-backtest.js";
import { REPORT_FILE, RESULT_FILE } from "../runs/run-folder.js";
import { drawReport } from "../explain/explanation-file.js";
import { performTca } from "../execution/perform-tca.js";
import { keepTca } from "../execution/tca-file.js";
import { renderTextSummary } from "../report/text-summary.js";
import { type CommandContext, type CommonOptions, withCommonOptions } from "./context.js";
import { interruptible, type Terminal } from "./terminal.js";

export function addBacktest(program: Command, context: CommandContext): void {
  withCommonOptions(program.command("backtest"))
    .description("run an experiment file: features, walk-forward models, accounts with costs, verdict, report")
    .argument("<file>", "experiment (YAML)")
    .option("--require-edge", "exit with 3 unless the verdict is an edge")
    .action(async (file: string, options: CommonOptions & { requireEdge?: boolean }) => {
      const { workspace, terminal } = context.open(options);
      const experiment = readExperiment(file);
      const onProgress = (step: string, done: number, metrics?: Readonly<Record<string, number>>): void =>
        terminal.progress(step, done, metrics);
      const run = await performBacktest(experiment, {
        workspace,
        onProgress,
        signal: interruptible(),
        command: `truewind backtest ${file}`,
      });
      if (experiment.execution !== undefined) {
        // Who spreads orders over time wants to know what that cost.
        keepTca(run.folder, await performTca(run.folder.path, workspace, onProgress));
        drawReport(run.folder);
      }
      terminal.settle();
      showBacktest(run, terminal, [
        `Look at the report: ${run.folder.file(REPORT_FILE)}`,
        `Ask why it traded: truewind explain ${run.folder.id}`,
        `Trade it on paper: truewind paper ${file}`,
      ]);
      terminal.result(backtestJson(run));
      if (options.requireEdge === true && run.verdict.decision !== "edge") {
        throw new TruewindError("gate-closed", `The verdict is "${run.verdict.decision}", and an edge was required.`);
      }
    });
}

export function showBacktest(run: BacktestRun, terminal: Terminal, next: readonly string[]): void {
  terminal.say();
  for (const line of renderTextSummary(run.result, run.extras, next)) terminal.say(line);
}

export function backtestJson(run: BacktestRun): unknown {
  const { result, verdict, trials, folder } = run;
  return {
    run: folder.id,
    verdict,
    trials,
    metrics: result.metrics,
    ic: { mean: result.ic.mean, tStat: result.ic.tStat },
    orders: result.orders,
    identity: result.identity,
    report: folder.file(REPORT_FILE),
    result: folder.file(RESULT_FILE),
    timing: run.extras.timing,
  };
}
