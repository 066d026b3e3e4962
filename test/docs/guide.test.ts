// Whatever the pages name must exist: links, headings, files. And the road of a bar must name every file that a real run passes.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, posix } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { isoDateOrThrow, utcDate, type Micros } from "#domain/time.js";
import { calendarByName } from "#data/calendar/calendar.js";
import { simulateMarket } from "#simulation/market/simulate-market.js";
import { repositoryFiles } from "#test/architecture/repository.js";
import { anchors, fences, fileOf, links, namedPaths, page, pages, root } from "./markdown.js";

const files = new Set(repositoryFiles().map((file) => file.path));

/** A file of the repository, a folder of it, or (with `*`) anything that fits. */
function exists(path: string): boolean {
  const plain = path.replace(/\/$/, "");
  if (files.has(plain)) return true;
  const pattern = plain.split("*").map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&"));
  const fits = new RegExp(`^${pattern.join("[^/]*")}(/|$)`);
  return [...files].some((file) => fits.test(file));
}

describe.each(pages().map((one) => [one.path, one] as const))("%s", (path, one) => {
  it("links only to files and headings that exist", () => {
    const broken = links(one).filter((target) => {
      if (/^[a-z]+:/.test(target)) return false;
      const [file = "", anchor] = target.split("#");
      const wanted = file === "" ? path : posix.normalize(posix.join(posix.dirname(path), file));
      if (!exists(wanted)) return true;
      return anchor !== undefined && !anchors(page(wanted)).has(anchor);
    });
    expect(broken).toEqual([]);
  });

  it("names only files that exist, or that it shows how to write", () => {
    const shown = new Set(fences(one).flatMap((fence) => fileOf(fence) ?? []));
    const made = (name: string): boolean => [...shown].some((file) => file === name || file.startsWith(`${name.replace(/\/$/, "")}/`));
    expect(namedPaths(one).filter((name) => !exists(name) && !made(name))).toEqual([]);
  });
});

describe("life of a bar", () => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "truewind-road-"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("names every file in which anything ran between a CSV file and the report", { timeout: 300_000 }, () => {
    writeMarket(folder);
    const coverage = join(folder, "coverage");
    truewind(folder, coverage, "data", "import", join(folder, "road.yaml"));
    truewind(folder, coverage, "backtest", join(folder, "experiment.yaml"));
    const named = new Set(namedPaths(page("docs/guide/life-of-a-bar.md")));
    const passed = filesThatRan(coverage).filter((file) => !isRegistered(file));
    expect(passed.length, "files that ran").toBeGreaterThan(100);
    expect(
      passed.filter((file) => !named.has(file)),
      "add these to docs/guide/life-of-a-bar.md",
    ).toEqual([]);
  });
});

/** Other commands, and the tables of all features and of what formulas may use, are registered at each start, and no bar comes by. */
function isRegistered(file: string): boolean {
  if (
    /^src\/features\/(catalog|statistics|folds)\//.test(file) ||
    /^src\/features\/inputs\/[a-z-]*(tape|cells|sign)[a-z-]*\.ts$/.test(file)
  ) {
    return true;
  }
  // The families of models that this experiment does not name.
  if (/^src\/models\/(neural|onnx|tensor|lightgbm|trees|confidence|ensemble|meta)\//.test(file)) return true;
  // Reached through the table of commands only.
  if (/^src\/(app\/(devices|features|store|training)|data\/(vectors|books|facts|table|text|feature-lake)|research\/overlap)\//.test(file))
    return true;
  return (
    file.startsWith("src/app/cli/") &&
    !["main", "context", "terminal", "data", "backtest"].some((name) => file === `src/app/cli/${name}.ts`)
  );
}

function truewind(workspace: string, coverage: string, ...words: string[]): void {
  const { status, stderr } = spawnSync(process.execPath, [join(root, "bin/truewind.js"), ...words, "--workspace", join(workspace, "ws")], {
    encoding: "utf8",
    env: { ...process.env, NODE_V8_COVERAGE: coverage },
  });
  expect(status, `${words.join(" ")}: ${stderr}`).toBe(0);
}

interface Coverage {
  readonly result: readonly {
    readonly url: string;
    readonly functions: readonly { readonly functionName: string; readonly ranges: readonly { readonly count: number }[] }[];
  }[];
}

/** Source files of which at least one function was called; V8's record of the module itself, which comes first, does not count. */
function filesThatRan(coverage: string): readonly string[] {
  const ran = new Set<string>();
  for (const name of readdirSync(coverage)) {
    const { result } = JSON.parse(readFileSync(join(coverage, name), "utf8")) as Coverage;
    for (const { url, functions } of result) {
      const file = /\/dist\/(src\/.+)\.js$/.exec(url)?.[1];
      if (file === undefined || !existsSync(join(root, `${file}.ts`))) continue;
      if (functions.slice(1).some(({ ranges }) => (ranges[0]?.count ?? 0) > 0)) ran.add(`${file}.ts`);
    }
  }
  return [...ran].sort();
}

/** A simulated market as CSV files with actions and sectors beside them: raw prices, dead names included. */
function writeMarket(at: string): void {
  const sessions = calendarByName("XNYS").sessions(isoDateOrThrow("2018-01-01"), isoDateOrThrow("2020-12-31"));
  const market = simulateMarket({ seed: "road", names: 20, sectors: 4, sessions, oracleSharpe: 1 });
  const day = (time: number): string => utcDate(time as Micros);
  const id = (row: number): string => market.instruments[row]?.id ?? "";
  const lines = new Map<string, string[]>();
  for (const batch of market.bars()) {
    for (let i = 0; i < batch.length; i++) {
      const name = id(batch.instrument[i] as number);
      const list = lines.get(name) ?? ["date,open,high,low,close,volume"];
      list.push([day(batch.openAt[i] as number), batch.open[i], batch.high[i], batch.low[i], batch.close[i], batch.volume[i]].join(","));
      lines.set(name, list);
    }
  }
  mkdirSync(join(at, "bars"));
  for (const [name, list] of lines) writeFileSync(join(at, "bars", `${name}.csv`), `${list.join("\n")}\n`);
  const actions = market.references.flatMap((event) => {
    if (event.kind === "split") return [`${day(event.at)},${id(event.instrument)},${event.ratio},,`];
    if (event.kind === "dividend") return [`${day(event.at)},${id(event.instrument)},,${event.amount},`];
    return event.kind === "delisting" ? [`${day(event.at)},${id(event.instrument)},,,${event.finalReturn}`] : [];
  });
  writeFileSync(join(at, "actions.csv"), `${["ex_date,symbol,split_ratio,dividend,final_return", ...actions].join("\n")}\n`);
  const sectors = market.instruments.map((instrument) => `${instrument.id},${instrument.sector ?? ""}`);
  writeFileSync(join(at, "sectors.csv"), `${["symbol,sector", ...sectors].join("\n")}\n`);
  const columns = { date: "date", open: "open", high: "high", low: "low", close: "close", volume: "volume" };
  const facts = { priceBasis: "raw", survivorsOnly: false, notTradable: [...market.notTradable] };
  const beside = { instruments: { file: "sectors.csv", sector: "sector" }, actions: { kind: "csv", path: "actions.csv" } };
  writeFileSync(join(at, "road.yaml"), stringify({ name: "road", files: "bars/*.csv", columns, ...facts, ...beside }));
  const experiment = { name: "road", data: { dataset: "road" }, portfolio: { kind: "top-k", k: 5 }, risk: { maxWeight: 0.25 } };
  writeFileSync(join(at, "experiment.yaml"), stringify({ ...experiment, splits: { train: 378 } }));
}
