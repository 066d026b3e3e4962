// Training and predicting tables in this process: what a prediction may look at, what is measured, and every refusal.
import { appendFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { TruewindError } from "#base/errors.js";
import { hashJson } from "#base/hash.js";
import { digestTableFile } from "#data/table/file-digest.js";
import { type TableRow, tableCsv, tableExperimentYaml, tableRows } from "#test/fixtures/table.js";
import { sharedData } from "#test/needs.js";
import { parseTableExperiment, readTableExperiment, tableFileOf, type TableExperiment } from "../config/table-experiment.js";
import { openWorkspace, type Workspace } from "../config/workspace.js";
import type { TableModelCard } from "./card.js";
import { type ModelFolder, openModelFolder, writeCard } from "./model-folder.js";
import { type Predicted, performPredict } from "./perform-predict.js";
import { reportLines } from "./report-lines.js";
import { trainTable } from "./train-table.js";

const rows = tableRows(120);
const hooks = { onProgress: (): void => undefined, signal: new AbortController().signal };
let home = "";
let workspace: Workspace;
let trained: { readonly folder: ModelFolder; readonly card: TableModelCard };
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), "truewind-training-"));
  workspace = openWorkspace(join(home, "ws"));
  write("table.csv", tableCsv(rows));
  trained = await train(experimentOf({}));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

const at = (path: string): string => join(home, path);
function write(path: string, content: string | Uint8Array): string {
  mkdirSync(dirname(at(path)), { recursive: true });
  writeFileSync(at(path), content);
  return at(path);
}

const experimentOf = (changes: Readonly<Record<string, unknown>>): TableExperiment =>
  parseTableExperiment(parse(tableExperimentYaml(changes)), "x.yaml");

/** As the command does it, without its thread. */
async function train(experiment: TableExperiment, file = "table.csv"): Promise<{ folder: ModelFolder; card: TableModelCard }> {
  const digest = await digestTableFile(at(file));
  const folder = openModelFolder(workspace, `${experiment.name}-${hashJson({ experiment, digest }).slice(0, 12)}`);
  const job = {
    kind: "table" as const,
    experiment,
    file: at(file),
    digest,
    cache: at("cache"),
    folder,
    codeVersion: "test",
    compute: { threads: 1, processes: 1 },
  };
  const { card } = await trainTable(job, folder, hooks);
  writeCard(folder, card);
  return { folder, card };
}

const predict = (model: string, data: string, out = "out.csv", perSeed = false): Promise<Predicted> =>
  performPredict({ workspace, model, data: at(data), out: at(out), perSeed }, hooks);

/** date,symbol -> the rest of the line. */
async function predictions(table: readonly TableRow[] | string, perSeed = false): Promise<ReadonlyMap<string, string>> {
  write("data.csv", typeof table === "string" ? table : tableCsv(table));
  await predict(trained.folder.id, "data.csv", "out.csv", perSeed);
  const [, ...lines] = readFileSync(at("out.csv"), "utf8").trim().split("\n");
  return new Map(lines.map((line) => [line.split(",").slice(0, 2).join(","), line.split(",").slice(2).join(",")]));
}

describe("training", () => {
  it("finds what is in the table, and says what ridge does with it", () => {
    const { splits } = trained.card;
    expect(splits.map(({ split }) => split)).toEqual(["train", "validation", "test"]);
    for (const { ensemble, baselines } of splits) {
      expect(ensemble["accuracy"]).toBeGreaterThan(0.6);
      expect(ensemble["auc"]).toBeGreaterThan(0.65);
      // The model is ridge itself.
      expect(baselines[0]?.metrics).toEqual(ensemble);
    }
    const words = reportLines(trained.card).join("\n");
    expect(words).toMatch(/ridge on the newest row: \d+ samples of 8 instruments/);
    expect(words).toMatch(/VALIDATION 2020-03-16 to 2020-04-10[^]*majority class[^]*Ridge is as good here/);
  });

  it("learns values, too", async () => {
    const { card } = await train(experimentOf({ name: "value", table: { file: "table.csv", features: ["f1", "f2"], task: "value" } }));
    expect(card.splits[1]?.ensemble["ic"]).toBeGreaterThan(0.2);
    expect(Object.keys(card.splits[1]?.ensemble ?? {})).toEqual(["ic", "icir", "rmse"]);
  });

  it("leaves out labels that had not ended when validation began", async () => {
    const of = (lag: number): Promise<{ card: TableModelCard }> =>
      train(experimentOf({ name: "lagged", table: { file: "table.csv", features: ["f1"], lag }, seeds: 1 }));
    const [near, far] = [await of(1), await of(4)];
    // Three rows fewer of each symbol at the beginning, for want of a past, and three days at the end.
    const labeled = rows.filter(({ date, label }) => label !== 0 && date <= "2020-03-15");
    const first = new Map<string, string[]>();
    for (const { date, symbol } of rows) first.set(symbol, [...(first.get(symbol) ?? []), date]);
    const wanted = (lag: number): number =>
      labeled.filter(({ date, symbol }) => (first.get(symbol) as string[]).indexOf(date) >= lag && date <= `2020-03-${16 - lag}`).length;
    expect([near.card.trainedOn.rows, far.card.trainedOn.rows]).toEqual([wanted(1), wanted(4)]);
  });
});

describe("predicting", () => {
  it("gives every row, and nothing where nothing of its past is there", async () => {
    const all = await predictions(rows, true);
    expect(all.size).toBe(rows.length);
    const first = new Map<string, string>();
    for (const { date, symbol } of rows) if (!first.has(symbol)) first.set(symbol, date);
    for (const [key, cells] of all) {
      const [date = "", symbol = ""] = key.split(",");
      if (first.get(symbol) === date) expect(cells).toBe(",,,,");
      else {
        const [direction, probability, score, one, two] = cells.split(",").map(Number);
        expect(direction).toBe((score as number) >= 0 ? 1 : -1);
        expect(probability).toBeCloseTo(Math.min(1, Math.max(0, (1 + (score as number)) / 2)), 12);
        expect([one, two]).toEqual([score, score]);
      }
    }
  });

  it("says how sure a calibrated model is, in two columns more, and leaves empty what has no score", async () => {
    const model = { family: "calibrated", member: { family: "ridge", alpha: 1 }, calibration: "isotonic" };
    const { folder } = await train(experimentOf({ name: "sure", model }));
    await predict(folder.id, "table.csv", "sure.csv");
    const [header, ...lines] = readFileSync(at("sure.csv"), "utf8").trim().split("\n");
    expect(header).toBe("date,symbol,direction,probability,score,confidence,uncertainty");
    const told = lines.map((line) => line.split(",").slice(4));
    expect(told.filter(([score]) => score !== "").length).toBeGreaterThan(500);
    for (const [score, confidence, uncertainty] of told) {
      if (score === "") expect([confidence, uncertainty]).toEqual(["", ""]);
      else {
        expect(Number(confidence) > 0 && Number(confidence) < 1).toBe(true);
        expect(Number(uncertainty)).toBeGreaterThan(0);
      }
    }
  });

  it("never looks at a label, and lives without the column", async () => {
    const all = await predictions(rows);
    expect(await predictions(rows.map((row) => ({ ...row, label: -row.label })))).toEqual(all);
    const unlabeled = tableCsv(rows)
      .split("\n")
      .map((line) => line.split(",").slice(0, -1).join(","))
      .join("\n");
    expect(await predictions(unlabeled)).toEqual(all);
  });

  it("looks at rows strictly before: what happens on a day and after it changes nothing up to that day", async () => {
    const all = await predictions(rows);
    const cut = "2020-03-20";
    const altered = rows.map((row) => (row.date < cut ? row : { ...row, features: row.features.map((value) => 5 - 3 * value), label: 1 }));
    const extended = [...altered, { ...(altered[0] as TableRow), symbol: "NEW", date: "2020-03-30" }];
    const after = await predictions(extended);
    for (const [key, cells] of all) if (key.slice(0, 10) <= cut) expect(after.get(key), key).toBe(cells);
    const later = [...all].filter(([key]) => key.slice(0, 10) > cut);
    expect(later.filter(([key, cells]) => after.get(key) !== cells).length).toBeGreaterThan(later.length / 2);
  });

  it("says the same of a file that begins where training ended as of one that holds everything", async () => {
    write("early.csv", tableCsv(rows.filter(({ date }) => date < "2020-04-11")));
    const { folder } = await train(experimentOf({}), "early.csv");
    const outcome = async (part: readonly TableRow[]): Promise<string[]> => {
      write("part.csv", tableCsv(part));
      await predict(folder.id, "part.csv", "part.out");
      const lines = readFileSync(at("part.out"), "utf8").trim().split("\n");
      return lines.filter((line) => line >= "2020-04-11" && line < "2021");
    };
    const late = await outcome(rows.filter(({ date }) => date >= "2020-04-11"));
    expect(late.length).toBeGreaterThan(100);
    expect(late).toEqual(await outcome(rows));
    expect(late).toEqual(await outcome(rows.filter(({ date }) => date >= "2020-04-01")));
  });

  it("measures itself against the labels of the file, and tells of a hole before it", async () => {
    write("all.csv", tableCsv(rows));
    const { measured, notes } = await predict(trained.folder.id, "all.csv");
    expect(measured?.samples).toBe(trained.card.splits.reduce((sum, { answered }) => sum + answered, 0));
    expect(measured?.metrics["accuracy"]).toBeGreaterThan(0.6);
    expect(notes).toEqual([]);
    write("far.csv", "date,symbol,f1,f2,f3\n2021-01-01,S1,1,2,3\n");
    const far = await predict(trained.folder.id, "far.csv");
    expect(far).toMatchObject({ rows: 1, unanswered: 0, measured: null });
    expect(far.notes).toEqual([expect.stringMatching(/begins on 2021-01-01, 24\d days after .*2020-04-29/)]);
  });
});

describe("what is refused", () => {
  const refuses = async (work: Promise<unknown>, code: string, sentence: RegExp): Promise<void> => {
    const error = await work.then(
      () => null,
      (cause: unknown) => cause,
    );
    expect(error).toBeInstanceOf(TruewindError);
    expect((error as TruewindError).message).toMatch(sentence);
    expect((error as TruewindError).code).toBe(code);
  };

  it("a file without a feature, without any row, cut off, or not there", async () => {
    write("bad/lacks.csv", "date,symbol,f1,f2,label\n2020-05-01,S1,1,2,1\n");
    write("bad/empty.csv", "date,symbol,f1,f2,f3,label\n");
    write("bad/cut.csv.gz", gzipSync(tableCsv(rows)).subarray(0, 2000));
    const { id } = trained.folder;
    await refuses(predict(id, "bad/lacks.csv", "refused.csv"), "bad-file", /lacks f3/);
    await refuses(predict(id, "bad/empty.csv", "refused.csv"), "bad-file", /no rows/);
    await refuses(predict(id, "bad/cut.csv.gz", "refused.csv"), "bad-file", /cut off/);
    await refuses(predict(id, "bad/none.csv", "refused.csv"), "no-such-file", /no such file/);
    expect(existsSync(at("refused.csv"))).toBe(false);
  });

  it("an output that cannot be written, before anything is computed", async () => {
    await refuses(predict(trained.folder.id, "table.csv", "none/out.csv"), "bad-usage", /there is no folder .*none\.$/);
    await refuses(predict(trained.folder.id, "table.csv", "."), "bad-usage", /it is a folder, and --out names a file\.$/);
  });

  it("a model that is not there, not finished, or one of several", async () => {
    await train(experimentOf({ seeds: 1 }));
    await refuses(predict("nothing", "table.csv"), "no-such-model", /no model "nothing"/);
    await refuses(predict("table-", "table.csv"), "no-such-model", /fits more than one model/);
    cpSync(trained.folder.path, at("unfinished"), { recursive: true });
    rmSync(at("unfinished/model.json"));
    await refuses(predict(at("unfinished"), "table.csv"), "no-such-model", /holds no finished model/);
  });

  it.each(["seed-1.model", "past.bin", "model.json"])("a damaged %s", async (name) => {
    const copy = at(`damaged-${name}`);
    cpSync(trained.folder.path, copy, { recursive: true });
    if (name === "model.json") writeFileSync(join(copy, name), readFileSync(join(copy, name)).subarray(0, 100));
    else appendFileSync(join(copy, name), "x");
    await refuses(predict(copy, "table.csv"), "corrupt-artifact", /damaged/);
  });

  it("a damaged model that an earlier start of the same training has kept", async () => {
    const experiment = experimentOf({ name: "kept", seeds: 1 });
    const { folder } = await train(experiment);
    appendFileSync(folder.file("seed-1.model"), "x");
    await refuses(train(experiment), "corrupt-artifact", /seed-1\.model is damaged: remove it, and give the same command again\.$/);
  });

  it.each(["{}", "[]", '{"kind":"table"}', '{"kind":"imported"}'])("a card that is %s", async (text) => {
    const copy = at("carded");
    cpSync(trained.folder.path, copy, { recursive: true });
    writeFileSync(join(copy, "model.json"), text);
    await refuses(predict(copy, "table.csv"), "corrupt-artifact", /model\.json is no card of a model/);
  });

  it("an artifact of other features than its card names", async () => {
    const copy = at("others");
    cpSync(trained.folder.path, copy, { recursive: true });
    writeFileSync(join(copy, "model.json"), readFileSync(join(copy, "model.json"), "utf8").replaceAll('"f3"', '"g3"'));
    write("g3.csv", tableCsv(rows).replace("f3", "g3"));
    await refuses(predict(copy, "g3.csv"), "corrupt-artifact", /its card names others/);
  });

  it.each([
    [
      "unknown keys and wrong words, all at once",
      { colour: 1, splits: { train: {} }, seeds: 0 },
      /(?=[^]*unknown key "colour")(?=[^]*splits\.train\.from: is missing)(?=[^]*seeds: must be at least 1)/,
    ],
    [
      "splits that overlap, and a feature twice",
      {
        table: { file: "table.csv", features: ["f1", "f1", "label"] },
        splits: {
          train: { from: "2020-01-01", to: "2020-03-15" },
          validation: { from: "2020-03-15", to: "2020-04-10" },
          test: { from: "2020-04-10", to: "2020-04-11" },
        },
      },
      /(?=[^]*4 problems)(?=[^]*every training label must have ended before)(?=[^]*"f1" stands there twice)(?=[^]*"label" is the time)(?=[^]*they must not overlap)/,
    ],
    [
      "a range that runs backwards",
      { splits: { train: { from: "2020-03-01", to: "2020-01-01" }, validation: { from: "2020-04-01", to: "2020-04-02" } } },
      /splits\.train: must not run backwards/,
    ],
    ["settings that the family does not have", { model: { family: "ridge", beta: 1 } }, /beta/],
    ["an unknown family", { model: { family: "lstm9" } }, /no model family "lstm9"/],
  ] as const)("%s", async (_, changes, sentence) => {
    await refuses(
      Promise.resolve().then(() => experimentOf(changes)),
      "bad-config",
      sentence,
    );
  });

  it("a table that nobody names, and a training range without a sample", async () => {
    await refuses(
      Promise.resolve().then(() => tableFileOf(experimentOf({ table: { features: ["f1"] } }), "x.yaml", undefined)),
      "bad-config",
      /names no table\.file: name the table with --data FILE/,
    );
    const splits = { train: { from: "2010-01-01", to: "2011-01-01" }, validation: { from: "2020-03-16", to: "2020-04-10" } };
    await refuses(
      train(experimentOf({ splits })),
      "no-data",
      /no training sample from 2010-01-01 to 2011-01-01: the table has rows from 2020-01-01 to 2020-04-29/,
    );
  });
});

const shared = sharedData();
describe.skipIf(shared === null)("the movement benchmarks", () => {
  it.each([
    ["acl18", 20_315, 2_555],
    ["kdd17", 65_000, 8_000],
  ])("%s trains with the experiment of the repository, on about as many samples as were published", async (name, samples, validation) => {
    const experiment = readTableExperiment(join(import.meta.dirname, `../../../experiments/${name}.yaml`));
    cpSync(join(shared as string, "movement_benchmarks", `${name}.csv.gz`), at(`${name}.csv.gz`));
    const { card } = await train({ ...experiment, seeds: 1 }, `${name}.csv.gz`);
    expect(Math.abs(card.trainedOn.rows / samples - 1)).toBeLessThan(0.02);
    expect(Math.abs((card.splits[1]?.answered ?? 0) / validation - 1)).toBeLessThan(0.02);
  });
});
