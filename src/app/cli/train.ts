// `truewind train FILE`
import type { Command } from "commander";
import { readYaml } from "../config/experiment.js";
import { isTableExperiment, parseTableExperiment, tableFileOf } from "../config/table-experiment.js";
import { performTrain } from "../training/perform-train.js";
import { reportLines } from "../training/report-lines.js";
import { type CommandContext, type CommonOptions, withCommonOptions } from "./context.js";
import { positiveInteger } from "./numbers.js";
import { interruptible } from "./terminal.js";

interface TrainOptions extends CommonOptions {
  readonly data?: string;
  readonly seeds?: number;
}

export function addTrain(program: Command, context: CommandContext): void {
  withCommonOptions(program.command("train"))
    .description("train the model of an experiment file, one per seed, and measure it against ridge")
    .argument("<file>", "experiment (YAML) of a table")
    .option("--data <file>", "the table: CSV, packed CSV or Parquet; takes the place of table.file")
    .option("--seeds <n>", "how many models that differ by chance only", positiveInteger)
    .action(async (file: string, options: TrainOptions) => {
      const { workspace, terminal } = context.open(options);
      const raw = readYaml(file);
      const experiment = parseTableExperiment(withSeeds(raw, options.seeds), file);
      const { folder, card, found } = await performTrain(experiment, tableFileOf(experiment, file, options.data), workspace, {
        onProgress: (step, done, metrics) => terminal.progress(step, done, metrics),
        signal: interruptible(),
      });
      terminal.settle();
      terminal.say(`${folder.id}${found ? " (was trained already)" : ""}`);
      for (const line of reportLines(card)) terminal.say(line);
      terminal.say();
      terminal.say(`Kept in ${folder.path}`);
      terminal.say(`Predict with it: truewind predict ${folder.id} --data FILE --out predictions.csv`);
      terminal.result({ model: folder.id, folder: folder.path, found, card });
    });
}

function withSeeds(raw: unknown, seeds: number | undefined): unknown {
  return seeds === undefined || !isTableExperiment(raw) ? raw : { ...(raw as object), seeds };
}
