// A model of another maker, from its file to a CSV of predictions.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openWorkspace, type Workspace } from "../config/workspace.js";
import { exportModel } from "./export-model.js";
import { importModel, type ImportOptions } from "./import-model.js";
import { performPredict } from "./perform-predict.js";

const FOLDER = "test/reference/onnx";
const { rows, outputs } = JSON.parse(readFileSync(`${FOLDER}/expected.json`, "utf8")) as {
  readonly rows: readonly (readonly number[])[];
  readonly outputs: Readonly<Record<string, readonly number[]>>;
};
const hooks = { onProgress: (): void => undefined, signal: new AbortController().signal };
let home = "";
let workspace: Workspace;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), "truewind-import-"));
  workspace = openWorkspace(join(home, "ws"));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

const SETTINGS: ImportOptions["settings"] = {
  features: ["c", "b", "a"],
  part: null,
  probability: false,
  inputs: null,
  output: null,
  steps: 1,
};
const take = (changes: Partial<Pick<ImportOptions, "file" | "name">> = {}, settings: Partial<ImportOptions["settings"]> = {}) =>
  importModel({
    workspace,
    file: `${FOLDER}/torch-mlp.onnx`,
    name: "their-net",
    task: "value",
    ...changes,
    settings: { ...SETTINGS, ...settings },
  });

it("predicts each row of a table from the row before it, and is found under the same id again", async () => {
  const { folder } = await take();
  expect((await take()).folder.id).toBe(folder.id);
  const data = join(home, "table.csv");
  const lines = rows.map(([c, b, a], i) => `2024-01-0${i + 1},X,${a},${b},${c},0.1`);
  writeFileSync(data, ["date,symbol,a,b,c,label", ...lines, ""].join("\n"));
  const out = join(home, "out.csv");
  const { unanswered, measured, notes } = await performPredict({ workspace, model: "their-net", data, out, perSeed: false }, hooks);
  expect([unanswered, measured?.samples, notes]).toEqual([1, rows.length - 1, []]);
  const scores = readFileSync(out, "utf8")
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => line.split(",").at(-1));
  expect(scores[0]).toBe("");
  scores.slice(1).forEach((score, i) => expect(Number(score)).toBeCloseTo((outputs["torch-mlp"] as readonly number[])[i] as number, 5));
});

it("is refused in words when the file is not there, or its name is no name", async () => {
  await expect(take({ file: join(home, "nothing.onnx") })).rejects.toMatchObject({ code: "no-such-file" });
  await expect(take({ name: "Their Net" })).rejects.toThrow(/cannot be called "Their Net"/);
  await expect(take({}, { features: ["a"] })).rejects.toMatchObject({ code: "bad-file" });
});

it("takes in a model text of LightGBM, which names its features itself", async () => {
  const file = "test/reference/lightgbm/regression.txt";
  const { folder, card } = await take({ file, name: "their-trees" }, { features: null });
  expect([card.family, card.table.features]).toEqual(["lightgbm", ["momentum", "value", "size", "sector", "age", "flow"]]);
  const data = join(home, "trees.csv");
  writeFileSync(
    data,
    "date,symbol,momentum,value,size,sector,age,flow,label\n2024-01-01,X,1,2,3,4,5,6,0.1\n2024-01-02,X,1,2,3,4,5,6,0.1\n",
  );
  const out = join(home, "trees-out.csv");
  const { unanswered } = await performPredict({ workspace, model: folder.id, data, out, perSeed: false }, hooks);
  expect(unanswered).toBe(1);
  await expect(take({ file }, { features: null, steps: 3 })).rejects.toThrow(/leave --input, --output and --steps out/);
  await expect(take({}, { features: null })).rejects.toThrow(/does not name its features/);
});

it("is written as an ONNX file, which comes in again as the same model", async () => {
  const { folder } = await take({ file: "test/reference/lightgbm/binary.txt", name: "their-trees" }, { features: null, probability: true });
  const out = join(home, "trees.onnx");
  const { model, bytes } = exportModel({ workspace, model: folder.id, out, seed: null });
  expect([model.family, bytes]).toEqual(["lightgbm", readFileSync(out).length]);
  const { card } = await take({ file: out, name: "again" }, { features: model.features });
  expect([card.family, card.table.features]).toEqual(["onnx", model.features]);
  const refused =
    (changes: object): (() => unknown) =>
    () =>
      exportModel({ workspace, model: folder.id, out, seed: null, ...changes });
  expect(refused({ seed: 2 })).toThrow(/has the seeds 1 to 1, and no seed 2/);
  expect(refused({ out: home })).toThrow(/is a folder/);
  expect(refused({ out: join(home, "no", "x.onnx") })).toThrow(/There is no folder/);
  expect(refused({ model: "nobody" })).toThrow(/no model "nobody"/);
});
