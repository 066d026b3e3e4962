// `truewind predict MODEL --data FILE --out FILE`
import type { Command } from "commander";
import { type Predicted, performPredict } from "../training/perform-predict.js";
import { type DeviceOption, deviceOption, settleDevice } from "../devices/choose.js";
import { type CommandContext, type CommonOptions, withCommonOptions } from "./context.js";
import { interruptible } from "./terminal.js";

interface PredictCommandOptions extends CommonOptions, DeviceOption {
  readonly data: string;
  readonly out: string;
  readonly perSeed?: boolean;
}

export function addPredict(program: Command, context: CommandContext): void {
  withCommonOptions(program.command("predict"))
    .description("predict every row of a table with a trained model, each from the rows before it")
    .argument("<model>", "id of a model (its beginning is enough), or its folder")
    .requiredOption("--data <file>", "a table with the columns that the model was trained on; the label may be missing")
    .requiredOption("--out <file>", "where the predictions go (CSV)")
    .option("--per-seed", "also one column per seed")
    .addOption(deviceOption())
    .action(async (model: string, options: PredictCommandOptions) => {
      const { workspace, terminal } = context.open(options);
      const { data, out, perSeed = false } = options;
      const { device, reason } = await settleDevice(options);
      if (device !== "cpu") terminal.say(reason);
      const predicted = await performPredict(
        { workspace, model, data, out, perSeed },
        { onProgress: (step, done, metrics) => terminal.progress(step, done, metrics), signal: interruptible() },
      );
      terminal.settle();
      for (const line of predictLines(predicted, out)) terminal.say(line);
      const { folder, rows, unanswered, measured, notes } = predicted;
      terminal.result({ model: folder.id, out, rows, unanswered, measured, notes });
    });
}

function predictLines({ folder, rows, unanswered, measured, notes }: Predicted, out: string): readonly string[] {
  const none = unanswered === 0 ? "" : `, ${unanswered.toLocaleString("en")} of them empty: nothing of their past is there`;
  const lines = [`${out}: ${rows.toLocaleString("en")} rows by ${folder.id}${none}`, ...notes];
  if (measured === null) return lines;
  const { samples, days, metrics, interval } = measured;
  const shown = Object.entries(metrics).map(([name, value]) => `${name} ${value === null ? "-" : value.toFixed(4)}`);
  const [first] = Object.keys(metrics);
  const range = interval === null ? "" : `; 95 % of ${first}, whole days drawn: ${interval.low.toFixed(4)} to ${interval.high.toFixed(4)}`;
  return [...lines, `Against its ${samples.toLocaleString("en")} labels on ${days} days: ${shown.join(", ")}${range}`];
}
