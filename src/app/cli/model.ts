// `truewind model import FILE --features a,b,c --name NAME` and `truewind model export MODEL --out FILE.onnx`
import { type Command, InvalidArgumentError, Option } from "commander";
import { exportModel } from "../training/export-model.js";
import { importModel } from "../training/import-model.js";
import { type CommandContext, type CommonOptions, withCommonOptions } from "./context.js";
import { nonNegativeNumber, positiveInteger } from "./numbers.js";

interface ImportCommandOptions extends CommonOptions {
  readonly features?: readonly string[];
  readonly name: string;
  readonly input?: Readonly<Record<string, readonly string[]>>;
  readonly output?: string;
  readonly part?: number;
  readonly probability?: boolean;
  readonly steps: number;
  readonly task: "direction" | "value";
}

interface ExportCommandOptions extends CommonOptions {
  readonly out: string;
  readonly seed?: number;
}

export function addModel(program: Command, context: CommandContext): void {
  const model = program.command("model").description("models that were trained elsewhere, and ours for elsewhere");
  withCommonOptions(model.command("import"))
    .description("take in an ONNX file, or a model text of LightGBM, for `truewind predict`")
    .argument("<file>", "the file, with its weights inside")
    .option(
      "--features <names>",
      "columns in the order in which the model was trained on them, joined by commas; LightGBM: as the file names them",
      names,
    )
    .requiredOption("--name <name>", "lower-case words joined by hyphens")
    .option("--input <input=names>", "of files with several inputs, for each: the features that it takes", mapping)
    .option("--output <name>", "the output that holds the score, where there are several")
    .option("--part <n>", "which number of the output, from 0, where it has several", nonNegativeNumber)
    .option("--probability", "the number is the probability of a rise, p: the score is 2p - 1")
    .option("--steps <n>", "rows that the model looks back on, its newest included", positiveInteger, 1)
    .addOption(new Option("--task <task>", "what its score is held against").choices(["direction", "value"]).default("value"))
    .action(async (file: string, options: ImportCommandOptions) => {
      const { workspace, terminal } = context.open(options);
      const { features = null, name, input = null, output = null, part = null, probability = false, steps, task } = options;
      const settings = { features, inputs: input, output, part, probability, steps };
      const { folder, card } = await importModel({ workspace, file, name, settings, task });
      terminal.say(`${folder.id}: ${card.table.features.length} features, ${steps === 1 ? "one row" : `${steps} rows`} at a time`);
      terminal.say(`Kept in ${folder.path}`);
      terminal.say(`Predict with it: truewind predict ${folder.id} --data FILE --out predictions.csv`);
      terminal.result({ model: folder.id, folder: folder.path, card });
    });
  withCommonOptions(model.command("export"))
    .description("write a model as an ONNX file, for other programs")
    .argument("<model>", "id of a model (its beginning is enough), or its folder")
    .requiredOption("--out <file>", "where it goes")
    .option("--seed <n>", "which of its seeds, from 1, where it has several", positiveInteger)
    .action((name: string, options: ExportCommandOptions) => {
      const { workspace, terminal } = context.open(options);
      const { out, seed = null } = options;
      const { folder, model: written, bytes } = exportModel({ workspace, model: name, out, seed });
      const { family, features, steps } = written;
      terminal.say(`${out}: ${folder.id}, of the family ${family}, in ${bytes.toLocaleString("en")} bytes`);
      terminal.result({ model: folder.id, family, features, steps, out, bytes });
    });
}

function names(text: string): readonly string[] {
  const all = text.split(",").map((name) => name.trim());
  if (all.some((name) => name === "")) throw new InvalidArgumentError("It must be names joined by commas.");
  return all;
}

function mapping(
  text: string,
  before: Readonly<Record<string, readonly string[]>> | undefined,
): Readonly<Record<string, readonly string[]>> {
  const at = text.indexOf("=");
  if (at < 1) throw new InvalidArgumentError("It must be the name of an input, =, and features joined by commas.");
  return { ...before, [text.slice(0, at)]: names(text.slice(at + 1)) };
}
