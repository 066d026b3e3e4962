// Whether an ONNX file fits what is told of it, as far as the file itself says. Every refusal is one sentence.
import { TruewindError } from "#base/errors.js";
import { type OnnxFacts, readOnnx, type ValueFacts } from "#models/tensor/onnx-reader.js";
import type { OnnxSettings } from "./settings.js";

/** One input of the file, and the columns of our features that it is given. */
export interface InputMap {
  readonly name: string;
  readonly columns: readonly number[];
}

export interface Fitting {
  readonly inputs: readonly InputMap[];
  readonly output: string;
}

const FLOAT = 1;
const ELEMENTS: Readonly<Record<number, string>> = {
  1: "float32",
  2: "uint8",
  3: "int8",
  6: "int32",
  7: "int64",
  8: "text",
  9: "bool",
  10: "float16",
  11: "float64",
};

export const badFile = (what: string, options?: ErrorOptions): TruewindError =>
  new TruewindError("bad-file", `This ONNX file cannot be imported: ${what}.`, options);

/** Throws `bad-file` when the bytes are no ONNX file, or only a part of one. */
export function readForeign(file: Uint8Array): OnnxFacts {
  let facts: OnnxFacts;
  try {
    facts = readOnnx(file);
  } catch (cause) {
    throw new TruewindError("bad-file", `This is no ONNX file: ${(cause as Error).message}.`, { cause });
  }
  if (facts.external)
    throw badFile(
      "its weights lie in a second file, which is not read; export it again with the weights inside (`external_data=False` in PyTorch)",
    );
  return facts;
}

/** Throws `bad-file` with what does not fit. */
export function fitInputs({ inputs, outputs }: OnnxFacts, settings: OnnxSettings): Fitting {
  const { features } = settings;
  const maps = inputs.map((input): InputMap => ({ name: input.name, columns: columnsOf(input, inputs, settings) }));
  if (maps.length === 0) throw badFile("it has no input");
  for (const name of Object.keys(settings.inputs ?? {}))
    if (!inputs.some((input) => input.name === name)) throw badFile(`it has no input "${name}", only ${listed(inputs)}`);
  const used = new Set(maps.flatMap(({ columns }) => columns));
  const idle = features.filter((_, column) => !used.has(column));
  if (idle.length > 0) throw badFile(`no input takes the feature ${idle.slice(0, 5).join(", ")}`);
  inputs.forEach((input, i) => checkShape(input, (maps[i] as InputMap).columns.length, settings));
  return { inputs: maps, output: outputOf(outputs, settings) };
}

function columnsOf(input: ValueFacts, inputs: readonly ValueFacts[], { features, inputs: mapping }: OnnxSettings): readonly number[] {
  const named = mapping?.[input.name];
  if (named !== undefined) return named.map((name) => features.indexOf(name));
  if (mapping === null && inputs.length === 1) return features.map((_, column) => column);
  const column = features.indexOf(input.name);
  if (column >= 0) return [column];
  throw badFile(
    `its input "${input.name}" is given nothing: it has the inputs ${listed(inputs)}, so say which features each takes (--input ${input.name}=…)`,
  );
}

function checkShape({ name, element, axes }: ValueFacts, columns: number, { steps }: OnnxSettings): void {
  if (element !== FLOAT) throw badFile(`its input "${name}" takes ${elementName(element)}, and features are float32`);
  const wanted = steps === 1 ? [null, columns] : [null, steps, columns];
  const shown = `[row]${steps === 1 ? "" : `[${steps}]`}[${columns}]`;
  if (axes === null) return;
  const fits = axes.length === wanted.length && axes.every((size, axis) => size === null || axis === 0 || size === wanted[axis]);
  if (!fits)
    throw badFile(
      `its input "${name}" has the shape [${axes.map((size) => size ?? "any").join("][")}], and ${columns} features${steps === 1 ? "" : ` over ${steps} steps`} give ${shown}`,
    );
}

function outputOf(outputs: readonly ValueFacts[], { output }: OnnxSettings): string {
  const chosen = output === null ? outputs[0] : outputs.find(({ name }) => name === output);
  if (output !== null && chosen === undefined) throw badFile(`it has no output "${output}", only ${listed(outputs)}`);
  if (chosen === undefined) throw badFile("it has no output");
  if (output === null && outputs.length > 1) throw badFile(`it has the outputs ${listed(outputs)}: name one with --output`);
  if (chosen.element !== FLOAT && chosen.element !== 11)
    throw badFile(
      `its output "${chosen.name}" gives ${elementName(chosen.element)}, and a score is a number${chosen.element === null ? " (scikit-learn: convert with the option zipmap off)" : ""}`,
    );
  return chosen.name;
}

function elementName(element: number | null): string {
  return element === null ? "a list of tables" : (ELEMENTS[element] ?? `elements of the kind ${element}`);
}

function listed(values: readonly ValueFacts[]): string {
  return values.map(({ name }) => `"${name}"`).join(", ");
}
