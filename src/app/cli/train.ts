// `truewind train FILE`
import { availableParallelism } from "node:os";
import type { Command } from "commander";
import { TruewindError } from "#base/errors.js";
import { readExperiment, readYaml } from "../config/experiment.js";
import { isTableExperiment, parseTableExperiment, tableFileOf } from "../config/table-experiment.js";
import { performTrainStudy, performTrainTable } from "../training/perform-train.js";
import { reportLines } from "../training/report-lines.js";
import { studyLines } from "../training/study-card.js";
import type { TrainHooks } from "../training/train-hooks.js";
import { type DeviceOption, deviceOption, settleDevice } from "../devices/choose.js";
import { type CommandContext, type CommonOptions, withCommonOptions } from "./context.js";
import { positiveInteger } from "./numbers.js";
import { interruptible } from "./terminal.js";

interface TrainOptions extends CommonOptions, DeviceOption {
  readonly data?: string;
  readonly seeds?: number;
  readonly threads?: number;
  readonly workers: number;
}

/** Of experiments that do not say it themselves. */
const SEEDS = 5;

export function addTrain(program: Command, context: CommandContext): void {
  withCommonOptions(program.command("train"))
    .description("train the models of an experiment file, one set per seed, and measure them against ridge")
    .argument("<file>", "experiment (YAML) of a table or of a dataset")
    .option("--data <file>", "the table: CSV, packed CSV or Parquet; takes the place of table.file")
    .option("--seeds <n>", `how many models that differ by chance only (default: the experiment's seeds, else ${SEEDS})`, positiveInteger)
    .option("--threads <n>", "threads of a net's training (default: the cores, divided among the workers)", positiveInteger)
    .option("--workers <n>", "processes of this machine that train a net together", positiveInteger, 1)
    .addOption(deviceOption())
    .action(async (file: string, options: TrainOptions) => {
      const { workspace, terminal } = context.open(options);
      const raw = readYaml(file);
      const { reason } = await settleDevice(options);
      if ((raw as { model?: { family?: unknown } } | null)?.model?.family === "neural") terminal.say(reason);
      const { workers, threads = Math.max(1, Math.floor(availableParallelism() / workers)) } = options;
      const compute = { threads, processes: workers };
      const hooks = (): TrainHooks => ({
        onProgress: (step, done, metrics) => terminal.progress(step, done, metrics),
        signal: interruptible(),
      });
      const train = async (): ReturnType<typeof performTrainTable> => {
        if (isTableExperiment(raw)) {
          const { data, seeds } = options;
          const experiment = parseTableExperiment(seeds === undefined ? raw : { ...(raw as object), seeds }, file);
          return performTrainTable(experiment, tableFileOf(experiment, file, data), workspace, compute, hooks());
        }
        if (options.data !== undefined)
          throw new TruewindError("bad-usage", `--data names a table, and ${file} is the experiment of a dataset: leave it out.`);
        return performTrainStudy(readExperiment(file), options.seeds ?? SEEDS, workspace, compute, hooks());
      };
      const { folder, card, found } = await train();
      terminal.settle();
      terminal.say(`${folder.id}${found ? " (was trained already)" : ""}`);
      for (const line of card.kind === "table" ? reportLines(card) : studyLines(card)) terminal.say(line);
      terminal.say();
      terminal.say(`Kept in ${folder.path}`);
      if (card.kind === "table") terminal.say(`Predict with it: truewind predict ${folder.id} --data FILE --out predictions.csv`);
      terminal.result({ model: folder.id, folder: folder.path, found, card });
    });
}
