// The pages of reference hold every key, reason and figure that the code holds, and no other.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { comparisonSchema } from "#app/config/comparison.js";
import { simulationSchema } from "#app/matching/simulation-file.js";
import { experimentSchema, parseExperiment } from "#app/config/experiment.js";
import { parseTableExperiment, tableExperimentSchema } from "#app/config/table-experiment.js";
import { riskFileSchema } from "#app/config/risk-schema.js";
import { parseTuning, tuningSchema } from "#app/config/tuning.js";
import { declarationSchema } from "#data/import/declaration.js";
import { FLAGS, QUARANTINE_REASONS } from "#data/quality/findings.js";
import { errorCodes } from "#base/errors.js";
import { featureSets } from "#features/registry.js";
import { calibratedSchema } from "#models/confidence/config.js";
import { metaSchema } from "#models/meta/config.js";
import { ensembleSchema } from "#models/ensemble/config.js";
import { trainingSchema } from "#models/neural/training/schema.js";
import { familyNames, modelFamily } from "#models/registry/families.js";
import { LEAST_SESSIONS, WORTHWHILE_SHARPE } from "#research/verdict/thresholds.js";
import { fences, page, root, tableRows } from "./markdown.js";
import { schemaKeys } from "./schema-table.js";

const plain = (cell: string | undefined): string => (cell ?? "").replaceAll("`", "");

/** Rows whose first cell begins with a key in backticks: key -> other cells. */
function keyed(path: string): ReadonlyMap<string, readonly string[]> {
  const rows = tableRows(page(path)).filter(([first]) => first?.startsWith("`") === true);
  return new Map(rows.map(([first, ...others]) => [plain(first), others]));
}

function expectKeys(path: string, schema: z.ZodType, resolved: unknown, atLeast = 30): void {
  const rows = keyed(path);
  const wanted = schemaKeys(schema, resolved);
  expect(wanted.length).toBeGreaterThan(atLeast);
  const page = wanted.map(({ key }) => ({ key, type: rows.get(key)?.[0], fallback: rows.get(key)?.[1] }));
  expect(page).toEqual(wanted);
  for (const { key } of wanted) expect(rows.get(key)?.[2], `what ${key} means`).toMatch(/^\S.{10,}/);
  const known = new Set(wanted.map(({ key }) => key));
  const dotted = [...rows.keys()].filter(
    (key) => /^[a-zA-Z]+[.[]/.test(key) && !key.startsWith("model.") && !/\.(parquet|yaml|json|bin)$/.test(key),
  );
  expect(
    dotted.filter((key) => !known.has(key)),
    "keys that the schema does not have",
  ).toEqual([]);
}

describe("docs/guide/experiment-file.md", () => {
  const path = "docs/guide/experiment-file.md";

  it("has every key of the schema with its type and default, and no other", () => {
    expectKeys(path, experimentSchema, parseExperiment({ name: "x", data: { dataset: "d" } }, "x"));
  });

  it("has every setting of every model family with its default", () => {
    const rows = keyed(path);
    // Nets, trees, `calibrated` and `ensemble` have pages of their own, under tests of their own; files of other makers have no settings here.
    const elsewhere = ["neural", "boosting", "forest", "extra-trees", "calibrated", "ensemble", "meta", "onnx", "lightgbm"];
    const here = familyNames.filter((name) => !elsewhere.includes(name));
    const required: Readonly<Record<string, object>> = { factor: { weights: { momentum: 1 } } };
    const settingsOf = (name: string): Readonly<Record<string, unknown>> =>
      modelFamily(name).parseConfig(required[name] ?? {}) as Readonly<Record<string, unknown>>;
    for (const name of here) {
      for (const [key, value] of Object.entries(settingsOf(name)))
        expect(plain(rows.get(`model.${key} (${name})`)?.[1])).toBe(key in (required[name] ?? {}) ? "required" : String(value));
    }
    const shown = [...rows.keys()].filter((key) => key.startsWith("model.") && key !== "model.family");
    expect(shown).toHaveLength(here.reduce((sum, name) => sum + Object.keys(settingsOf(name)).length, 0));
  });

  it("names every feature set", () => {
    const { text } = page(path);
    for (const name of featureSets) expect(text).toContain(`\`${name}\``);
  });
});

describe("docs/guide/risk-limits.md", () => {
  it("has every key of a risk file with its type and default, and no other", () => {
    expectKeys("docs/guide/risk-limits.md", riskFileSchema, {}, 10);
  });
});

describe("docs/guide/train-and-predict.md", () => {
  it("has every key of the schema with its type and default, and no other", () => {
    const range = { from: "2020-01-01", to: "2020-01-02" };
    const least = { name: "x", table: { features: ["f"] }, splits: { train: range, validation: { from: "2020-01-03", to: "2020-01-04" } } };
    expectKeys("docs/guide/train-and-predict.md", tableExperimentSchema, parseTableExperiment(least, "x"), 15);
  });
});

describe("docs/guide/data.md", () => {
  const path = "docs/guide/data.md";

  it("has every key of a declaration with its type and default, and no other", () => {
    expectKeys(path, declarationSchema, {});
  });

  it("lists every reason of quarantine and every flag in the words of the report", () => {
    const rows = keyed(path);
    for (const [name, words] of Object.entries({ ...QUARANTINE_REASONS, ...FLAGS })) expect(plain(rows.get(name)?.[0]), name).toBe(words);
    const dashed = [...rows.keys()].filter((key) => /^[a-z]+(-[a-z]+)+$/.test(key));
    expect(dashed.filter((key) => !(key in QUARANTINE_REASONS) && !(key in FLAGS))).toEqual([]);
  });
});

it("docs/guide/training.md has every setting of training with its type and default, and no other", () => {
  const schema = z.strictObject({ training: trainingSchema.prefault({}) });
  expectKeys("docs/guide/training.md", schema, schema.parse({}), 20);
});

it("docs/guide/confidence.md has every setting of `calibrated` with its type and default, and no other", () => {
  const schema = z.strictObject({ model: calibratedSchema.prefault({}) });
  expectKeys("docs/guide/confidence.md", schema, schema.parse({}), 5);
});

it("docs/guide/meta-labels.md has every setting of `meta` with its type and default, and no other", () => {
  const schema = z.strictObject({ model: metaSchema.prefault({}) });
  expectKeys("docs/guide/meta-labels.md", schema, schema.parse({}), 3);
});

it("docs/guide/ensembles.md has every setting of `ensemble` with its type and default, and no other", () => {
  expectKeys("docs/guide/ensembles.md", z.strictObject({ model: ensembleSchema }), {}, 5);
});

interface Measured {
  readonly level: number;
  readonly reps: number;
  readonly mean: readonly Readonly<Record<string, number | string>>[];
  readonly power: readonly Readonly<Record<string, number>>[];
}

describe("docs/guide/verdict.md", () => {
  const measured = JSON.parse(readFileSync(join(root, "test/reference/metrics/verdict-size.json"), "utf8")) as Measured;
  const methods = ["ewc", "nw", "nw-fixed-b", "bootstrap"] as const;
  const rows = tableRows(page("docs/guide/verdict.md"));
  const percent = (value: unknown): string => (100 * Number(value)).toFixed(2);

  it("shows the false alarms that were measured", () => {
    expect(measured.mean).toHaveLength(18);
    for (const one of measured.mean) {
      expect(rows).toContainEqual([String(one["sessions"]), String(one["null"]), ...methods.map((method) => percent(one[method]))]);
    }
  });

  it("shows the power that was measured", () => {
    expect(measured.power).toHaveLength(9);
    for (const one of measured.power) {
      expect(rows).toContainEqual([
        String(one["years"]),
        (one["sharpe"] as number).toFixed(1),
        ...methods.map((method) => (100 * (one[method] as number)).toFixed(1)),
      ]);
    }
  });

  it("states the thresholds of the code", () => {
    const { text } = page("docs/guide/verdict.md");
    expect(text).toContain(`${LEAST_SESSIONS} sessions`);
    expect(text).toContain(`ratio below ${WORTHWHILE_SHARPE}`);
  });
});

describe("docs/guide/recovery.md", () => {
  it("lists every error code with its exit code", () => {
    const rows = keyed("docs/guide/recovery.md");
    for (const [code, { exit, retryable }] of Object.entries(errorCodes))
      expect(rows.get(code)?.slice(0, 2), code).toEqual([String(exit), retryable ? "yes" : "no"]);
  });
});

describe("docs/guide/compare.md", () => {
  it("has what a comparison has beyond an experiment, and its example is one", () => {
    const rows = keyed("docs/guide/compare.md");
    const beyond = Object.keys(comparisonSchema.shape).filter((key) => !(key in experimentSchema.shape));
    expect([...rows.keys()]).toEqual(beyond);
    const example = fences(page("docs/guide/compare.md")).find(({ words }) => words.includes("comparison"));
    expect(Object.keys(comparisonSchema.parse(parse(example?.code ?? "")).models)).toEqual(["ridge", "logistic"]);
  });
});

describe("docs/guide/tuning.md", () => {
  const path = "docs/guide/tuning.md";

  it("has every key of the section with its type and default, and no other, and its example is one", () => {
    const example = fences(page(path)).find(({ words }) => words.includes("tuning"));
    const { tuning } = parseTuning(parse(example?.code ?? ""), path);
    expect(tuning.space.map(({ kind }) => kind)).toEqual(["float", "int", "categorical", "int"]);
    expectKeys(path, tuningSchema.pick({ tuning: true }), { tuning: { ...tuning, trials: 50 } }, 18);
  });
});

describe("docs/guide/book-venue.md", () => {
  const path = "docs/guide/book-venue.md";
  const example = (kind: string): ReturnType<typeof simulationSchema.parse> =>
    simulationSchema.parse(parse(fences(page(path)).find(({ words }) => words.includes(kind))?.code ?? ""));

  it("has every key of a simulation and no other, and its examples are three", () => {
    const simulation = example("simulation");
    const within = (name: "instrument" | "venue"): string[] => Object.keys(simulation[name] ?? {}).map((key) => `${name}.${key}`);
    const strategies = ["strategy.quoter", "strategy.orders", "strategy.parent"];
    const parentKeys = (["simulation-parent", "simulation-protect"] as const).flatMap((kind) => {
      const { strategy } = example(kind);
      return "parent" in strategy ? Object.keys(strategy.parent) : [];
    });
    const order = ["side", "size", "from", "everySeconds", "stepSeconds", "execution", "protect", "cash"];
    const parents = order.filter((key) => parentKeys.includes(key)).map((key) => `parent.${key}`);
    expect(new Set(parentKeys)).toEqual(new Set(order));
    const keys = ["recording", ...within("instrument"), ...within("venue"), "venues", "router", ...strategies, ...parents];
    // Below them come tables of other things.
    expect([...keyed(path).keys()].slice(0, keys.length)).toEqual(keys);
  });
});
