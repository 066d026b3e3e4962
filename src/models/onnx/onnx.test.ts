// ONNX files of PyTorch, scikit-learn and LightGBM as models: they say here what they said there, and what does not fit is refused in words.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { FeatureFrame } from "#domain/frame.js";
import type { Micros } from "#domain/time.js";
import { modelFamily } from "#models/registry/families.js";
import { importOnnx } from "./import.js";

const FOLDER = "test/reference/onnx";
const file = (name: string): Uint8Array => readFileSync(`${FOLDER}/${name}.onnx`);
const reference = JSON.parse(readFileSync(`${FOLDER}/expected.json`, "utf8")) as {
  readonly rows: readonly (readonly number[])[];
  readonly windows: readonly (readonly (readonly number[])[])[];
  readonly outputs: Readonly<Record<string, readonly number[]>>;
};
const FEATURES = ["c", "b", "a"];

/** The rows of the reference as instruments, behind one that is no member. */
function frame(steps: number, change: (values: Float64Array) => void = () => undefined): FeatureFrame {
  const rows = reference.rows.length;
  const values = Float64Array.from([9, 9, 9, ...reference.rows.flat()]);
  change(values);
  const windows = [...Array.from({ length: steps * 3 }, () => 9), ...reference.windows.flat(2)];
  return {
    asOf: 0 as Micros,
    instruments: rows + 1,
    features: FEATURES,
    values,
    member: Uint8Array.from({ length: rows + 1 }, (_, i) => (i === 0 ? 0 : 1)),
    fresh: new Uint8Array(rows + 1).fill(1),
    history: steps === 1 ? null : { steps, values: Float32Array.from(windows) },
  };
}

describe("an imported model", () => {
  it.each([
    ["torch-mlp", {}],
    ["torch-lstm", { steps: 4 }],
    ["sklearn-ridge", {}],
    ["sklearn-columns", {}],
    ["lightgbm", {}],
    ["sklearn-logistic", { output: "probabilities", part: 1, probability: true }],
  ] as const)(
    "of %s predicts what its maker predicted, also behind save and load",
    async (name, settings: { steps?: number; probability?: boolean }) => {
      const artifact = await importOnnx(file(name), { features: FEATURES, ...settings });
      const model = modelFamily("onnx").load(artifact);
      const wanted = reference.outputs[name] as readonly number[];
      const scores = await model.predict(frame(settings.steps ?? 1));
      expect(scores[0]).toBeNaN();
      wanted.forEach((value, i) => {
        const score = settings.probability === true ? 2 * value - 1 : value;
        expect(Math.abs((scores[i + 1] as number) - score)).toBeLessThanOrEqual(2e-6 * Math.max(1, Math.abs(score)));
      });
      expect(model.save()).toEqual(artifact);
      expect(
        await modelFamily("onnx")
          .load(model.save())
          .predict(frame(settings.steps ?? 1)),
      ).toEqual(scores);
      expect(await importOnnx(file(name), { features: FEATURES, ...settings })).toEqual(artifact);
    },
  );

  it("takes features by the names of its inputs, in whatever order they are given", async () => {
    const artifact = await importOnnx(file("sklearn-columns"), {
      features: FEATURES,
      inputs: { a: ["c"], b: ["b"], c: ["a"] },
    });
    const crossed = await modelFamily("onnx")
      .load(artifact)
      .predict(
        frame(1, (values) => {
          for (let at = 0; at < values.length; at += 3) values.subarray(at, at + 3).reverse();
        }),
      );
    (reference.outputs["sklearn-columns"] as readonly number[]).forEach((value, i) => expect(crossed[i + 1]).toBeCloseTo(value, 5));
  });

  it("gives no prediction where its file answers NaN, and one where the file knows missing values", async () => {
    const unknown = (values: Float64Array): void => void (values[3] = Number.NaN);
    const ridge = modelFamily("onnx").load(await importOnnx(file("sklearn-ridge"), { features: FEATURES }));
    const trees = modelFamily("onnx").load(await importOnnx(file("lightgbm"), { features: FEATURES }));
    expect((await ridge.predict(frame(1, unknown)))[1]).toBeNaN();
    expect((await trees.predict(frame(1, unknown)))[1]).not.toBeNaN();
  });

  it("is refused when it is cut, changed, or a plain file that was never taken in", async () => {
    const artifact = await importOnnx(file("sklearn-ridge"), { features: FEATURES });
    const changed = Uint8Array.from(artifact);
    changed[100] = (changed[100] as number) ^ 1;
    const { load } = modelFamily("onnx");
    for (const bad of [new Uint8Array(0), artifact.subarray(0, 50), artifact.subarray(0, artifact.length - 1), changed])
      expect(() => load(bad)).toThrow(/bytes were lost or changed/);
    expect(() => load(file("sklearn-ridge"))).toThrow(/another maker, which `truewind model import` reads/);
    expect(() => modelFamily("neural").load(artifact)).toThrow(/holds a model of the family onnx/);
  });

  it("is not trained here", () => {
    expect(() => modelFamily("onnx").parseConfig({})).toThrow(/not trained here: take its file in with `truewind model import`/);
  });
});

describe("a file that cannot be imported", () => {
  const refuse = (bytes: Uint8Array, settings: object = {}): Promise<unknown> => importOnnx(bytes, { features: FEATURES, ...settings });

  it.each([
    ["is no ONNX file", new TextEncoder().encode("time,close\n1,2\n"), {}, /^This is no ONNX file: /],
    ["is empty", new Uint8Array(0), {}, /^This is no ONNX file: there is no graph in it/],
    ["is cut off", file("torch-lstm").subarray(0, 2000), {}, /^This is no ONNX file: the bytes end/],
    [
      "wants newer operators",
      file("new-opset"),
      {},
      /wants version 99 of the operators, and ONNX Runtime 1\.\d+\.\d+ knows them up to \d+/,
    ],
    ["is of a newer form", file("new-form"), {}, /of form 99, and ONNX Runtime 1\.\d+\.\d+ reads up to \d+/],
    ["has its weights elsewhere", file("torch-external"), {}, /weights lie in a second file/],
    ["uses operators of somebody's own", file("unknown-domain"), {}, /operator Oracle of the domain com\.example/],
    ["uses an operator that does not exist", file("unknown-operator"), {}, /operator Oracle, which ONNX Runtime/],
    [
      "takes fewer features",
      file("sklearn-ridge"),
      { features: ["a", "b"] },
      /input "input" has the shape \[any\]\[3\], and 2 features give \[row\]\[2\]/,
    ],
    ["takes no steps", file("sklearn-ridge"), { steps: 4 }, /\[any\]\[3\], and 3 features over 4 steps give \[row\]\[4\]\[3\]/],
    ["takes more steps", file("torch-lstm"), { steps: 3 }, /\[any\]\[4\]\[3\], and 3 features over 3 steps/],
    ["lacks the output", file("sklearn-ridge"), { output: "score" }, /no output "score", only "variable"/],
    ["has several outputs", file("sklearn-logistic"), {}, /outputs "label", "probabilities": name one with --output/],
    ["gives no numbers", file("sklearn-logistic"), { output: "label" }, /output "label" gives int64/],
    [
      "gives tables",
      file("sklearn-zipmap"),
      { output: "output_probability" },
      /gives a list of tables, and a score is a number \(scikit-learn: .*zipmap off/,
    ],
    [
      "gives several numbers",
      file("sklearn-logistic"),
      { output: "probabilities" },
      /gives 2 numbers per row: choose one with --part 0 to 1/,
    ],
    ["gives fewer numbers", file("sklearn-logistic"), { output: "probabilities", part: 2 }, /part 2 is none of them/],
    ["has inputs of other names", file("sklearn-columns"), { features: ["x", "y", "z"] }, /input "c" is given nothing/],
    [
      "has an unknown input named",
      file("sklearn-columns"),
      { inputs: { a: ["a"], b: ["b"], c: ["c"], d: ["a"] } },
      /no input "d", only "c", "b", "a"/,
    ],
  ] as const)("%s: said in one sentence", async (_, bytes, settings, sentence) => {
    await expect(refuse(bytes, settings)).rejects.toMatchObject({ code: "bad-file" });
    await expect(refuse(bytes, settings)).rejects.toThrow(sentence);
    const { message } = (await refuse(bytes, settings).catch((error: unknown) => error)) as Error;
    expect(message.split("\n")).toHaveLength(1);
  });

  it("is told apart from settings that do not hold", async () => {
    const bad = refuse(file("sklearn-ridge"), { features: ["a", "a"], inputs: { input: ["z"] } });
    await expect(bad).rejects.toThrow(/"a" stands there twice; inputs\.input: "z" is none of the features/);
    await expect(refuse(file("sklearn-ridge"), { features: [], speed: 1 })).rejects.toMatchObject({ code: "bad-config" });
  });
});
