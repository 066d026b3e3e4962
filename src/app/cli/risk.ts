// `truewind risk RUN|FILE`
import { existsSync, statSync } from "node:fs";
import { type Command, Option } from "commander";
import { type RiskMethod, riskMethods } from "#risk/measures/every-method.js";
import { stressOf } from "../config/risk-limits.js";
import { riskLines } from "../risk/risk-lines.js";
import { HORIZONS, LEVELS, riskReport } from "../risk/risk-report.js";
import { subjectOfFile, subjectOfRun } from "../risk/risk-subject.js";
import { findRunFolder } from "../runs/run-folder.js";
import { type CommandContext, type CommonOptions, withCommonOptions } from "./context.js";
import { listOf, positiveInteger, share } from "./numbers.js";

interface RiskOptions extends CommonOptions {
  readonly risk?: string;
  readonly window: number;
  readonly horizons: readonly number[];
  readonly levels: readonly number[];
  readonly method: RiskMethod;
}

export function addRisk(program: Command, context: CommandContext): void {
  withCommonOptions(program.command("risk"))
    .description(
      "what the positions of a run, or those of a file, may lose: value at risk and shortfall by every method, by position, and stress",
    )
    .argument("<subject>", "id of a run or the beginning of one, its folder, a journal; or a file of holdings (YAML)")
    .option("--risk <file>", "stress of this file (default: the workspace's risk_limits.yaml, else what ships)")
    .option("--window <sessions>", "past returns that are looked at", positiveInteger, 500)
    .addOption(
      new Option("--horizons <list>", "sessions ahead, joined by commas; below the window")
        .argParser(listOf(positiveInteger))
        .default(HORIZONS, HORIZONS.join(",")),
    )
    .addOption(
      new Option("--levels <list>", "of value at risk and shortfall, joined by commas: 0.975 is 97.5 %")
        .argParser(listOf(share))
        .default(LEVELS, LEVELS.join(",")),
    )
    .addOption(new Option("--method <name>", "whose parts the table shows").choices(riskMethods).default("filtered-historical"))
    .action(async (subject: string, options: RiskOptions) => {
      const { workspace, terminal } = context.open(options);
      const stress = stressOf(workspace, options.risk);
      const isFile = /\.ya?ml$/i.test(subject) && (existsSync(subject) ? statSync(subject).isFile() : true);
      const found = isFile
        ? await subjectOfFile(subject, workspace)
        : await subjectOfRun(existsSync(subject) ? subject : findRunFolder(workspace, subject).path, workspace, (step, done) =>
            terminal.progress(step, done),
          );
      const report = riskReport(found, stress, options);
      terminal.settle();
      for (const line of riskLines(report, options.method)) terminal.say(line);
      terminal.result(report);
    });
}
