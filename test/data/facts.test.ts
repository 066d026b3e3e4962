// Facts on real files: known when they became known and not before, restated figures both kept, lags respected, garbage refused.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { factsAsOf } from "#data/facts/as-of.js";
import { checkFactSet, readAllFacts, readFactManifest } from "#data/facts/fact-store.js";
import { honestyOf } from "#data/facts/fact-set.js";
import { importFacts } from "#data/facts/import-facts.js";
import { parseMoment } from "#data/facts/moments.js";
import { type Micros, formatMicros } from "#domain/time.js";
import { type Cli, createCli } from "../fixtures/cli.js";
import { sharedData } from "../needs.js";

const root = mkdtempSync(join(tmpdir(), "truewind-facts-"));
const dir = join(root, "facts");
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function known(name: string, moment: string, symbol: string | null, field: string): Promise<number | undefined> {
  const { folder } = await readFactManifest(dir, name);
  const facts = factsAsOf(await readAllFacts(folder), parseMoment(moment) as Micros);
  return facts.find((fact) => fact.symbol === symbol && fact.field === field)?.value;
}

const shared = sharedData();
describe.skipIf(shared === null)("real files", () => {
  const at = (path: string): string => join(shared as string, path);

  it("SEC reports: known from the day after they were collected, restatements keep both values", { timeout: 60_000 }, async () => {
    const manifest = await importFacts(at("fundamentals_sec_2015_2017"), dir, { name: "sec" });
    expect(manifest.vintage).toBe("point-in-time");
    expect(manifest.restated).toBeGreaterThan(500);
    // Apple's quarter to 2015-03-28 was collected on 2015-04-28.
    expect(await known("sec", "2015-04-28T23:59:59Z", "AAPL", "revenue")).toBeUndefined();
    expect(await known("sec", "2015-04-29T00:00:00Z", "AAPL", "revenue")).toBe(58_010_000_000);
    // Its cash flows are told to date in the file; the quarter's follow from the one before.
    expect(await known("sec", "2016-04-28", "AAPL", "operating_cash_flow")).toBe(39_064_000_000 - 27_463_000_000);
    const { folder } = await readFactManifest(dir, "sec");
    const facts = await readAllFacts(folder);
    const seen = new Map<string, number>();
    let both = 0;
    for (let i = 0; i < facts.at.length; i++) {
      const key = `${facts.field[i]} ${facts.symbol[i]} ${facts.at[i]}`;
      const before = seen.get(key);
      if (before !== undefined && facts.fields[facts.field[i] as number] !== "report_restated") {
        expect(facts.value[before]).not.toBe(facts.value[i]);
        expect(facts.seenAt[i]).toBeGreaterThan(facts.seenAt[before] as number);
        both++;
      }
      seen.set(key, i);
      expect(facts.seenAt[i]).toBeGreaterThanOrEqual(facts.at[i] as number);
    }
    expect(both).toBeGreaterThan(500);
    expect((await checkFactSet(dir, "sec")).id).toBe(manifest.id);
  });

  it("FRED: latest vintage is said, and no value is known before its lag is over", { timeout: 60_000 }, async () => {
    const manifest = await importFacts(at("macro_fred"), dir, { name: "macro" });
    expect(honestyOf(manifest)).toBe("latest vintage, revised values, lag assumed");
    expect(manifest.assumedLag["CPIAUCSL"]).toMatch(/^52d/);
    expect(manifest.passedOver.map(({ file }) => file)).toEqual(expect.arrayContaining(["FEDTARMD.csv", "series.csv"]));
    const lines = readFileSync(at("macro_fred/CPIAUCSL.csv"), "utf8").split("\n");
    const valueOf = (date: string): number => Number(lines.find((line) => line.startsWith(date))?.split(",")[1]);
    // May's index is published in the middle of June: on the 21st day after May's 31 it is taken as known.
    expect(await known("macro", "2015-06-21", null, "CPIAUCSL")).toBe(valueOf("2015-04-01"));
    expect(await known("macro", "2015-06-22", null, "CPIAUCSL")).toBe(valueOf("2015-05-01"));
    const { folder } = await readFactManifest(dir, "macro");
    const yields = factsAsOf(await readAllFacts(folder), parseMoment("2015-07-06T12:00:00Z") as Micros).find(
      ({ field }) => field === "DGS10",
    );
    expect(formatMicros(yields?.at as Micros)).toBe("2015-07-02T00:00:00Z"); // of the 1st; the 2nd is known when the 6th is over
  });

  it("VIX, option chains and snapshots: days known when they end, flaws counted", { timeout: 60_000 }, async () => {
    const vix = await importFacts(at("vix_daily"), dir, { name: "vix" });
    expect(vix.quarantined).toEqual({ "inconsistent-ohlc": 47 });
    expect(vix.facts).toBe(4 * (8960 - 47));
    const options = await importFacts(at("options_eod_chains_iv"), dir, { name: "options" });
    expect(options.flagged).toMatchObject({ "split-inside-the-chain": 1 });
    expect(options.flagged["some-volatilities-not-computed"]).toBeGreaterThan(10);
    expect(options.flagged["stale-underlying"]).toBeGreaterThan(1);
    const text = gunzipSync(readFileSync(at("options_eod_chains_iv/aapl.csv.gz"))).toString();
    const rows = text
      .split("\n")
      .map((line) => line.split(","))
      .filter(([date]) => date === "2014-06-03");
    const puts = rows.filter((row) => row[4] === "P").reduce((sum, row) => sum + Number(row[9]), 0);
    expect(puts).toBeGreaterThan(0);
    expect(await known("options", "2014-06-03", "AAPL", "options.put_volume")).toBe(puts);
    expect(await known("options", "2014-06-03T20:00:00Z", "AAPL", "options.put_volume")).not.toBe(puts);
    await importFacts(at("sp500_fundamental_snapshots"), dir, { name: "sp500" });
    expect(await known("sp500", "2013-11-03", "MSFT", "market_cap")).toBe(296.6e9);
    expect(await known("sp500", "2026-05-31", "MSFT", "dividend_yield")).toBe(0.0081);
  });
});

describe("files of a user", () => {
  let cli: Cli;
  beforeAll(() => (cli = createCli("facts")));
  afterAll(() => cli.dispose());
  const plain = "symbol,field,date,seen_at,value\n";
  const packed = gzipSync(
    plain + Array.from({ length: 9000 }, (_, k) => `A,x,2015-01-05,2015-01-06T00:00:0${k % 10}Z,${k * k}\n`).join(""),
  );
  const cutOff = packed.subarray(0, packed.length >> 1);

  it("imports, lists, shows as of a moment, checks and updates", { timeout: 60_000 }, async () => {
    const file = cli.write(
      "insider.csv",
      `${plain}A,insider.bought,2015-01-05,2015-01-07T16:00:00Z,100\nA,insider.bought,2015-01-05,2015-02-01,90\n,DGS10,2015-01-05,2015-01-06,2.1\n`,
    );
    expect(await cli.json(["facts", "import", file, "--name", "mine"])).toMatchObject({
      facts: 3,
      restated: 1,
      vintage: "point-in-time",
      honesty: "",
    });
    const show = async (asOf: string): Promise<unknown> =>
      ((await cli.json(["facts", "show", "mine", "--as-of", asOf, "--symbol", "A"])) as { known: { value: number }[] }).known.map(
        ({ value }) => value,
      );
    expect(await show("2015-01-06")).toEqual([]);
    expect(await show("2015-01-07T16:00:00Z")).toEqual([100]);
    expect(await show("2015-02-01")).toEqual([90]);
    expect(await cli.json(["facts", "check", "mine"])).toMatchObject({ intact: true });
    // The day, not the midnight that ends it.
    expect((await cli.run(["facts", "show", "mine"])).stdout).toMatch(/insider\.bought .* of 2015-01-05, known from 2015-02-02T00:00:00Z/);
    const unknown = await cli.run(["facts", "show", "mine", "--field", "insider.sold"]);
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toMatch(/no field "insider\.sold"; there are .*insider\.bought/);
    cli.write("more.csv", `${plain}A,insider.bought,2015-03-05,2015-03-06,50\nA,insider.bought,2015-01-05,2015-02-01,90\n`);
    expect(await cli.json(["facts", "update", "more.csv", "--name", "mine"])).toMatchObject({
      facts: 4,
      update: { added: 1, revised: 0, applied: true },
    });
    cli.write("other.csv", `${plain}A,insider.bought,2015-03-05,2015-03-06,51\n`);
    const refused = await cli.run(["facts", "update", "other.csv", "--name", "mine"]);
    expect(refused.code).toBe(3);
    expect(await cli.json(["facts", "update", "other.csv", "--name", "mine", "--accept-revisions"])).toMatchObject({
      facts: 4,
      update: { revised: 1, applied: true },
    });
    expect(await cli.json(["facts", "list"])).toMatchObject([{ name: "mine", facts: 4 }]);
  });

  it.each([
    ["no publication times and no lag", "date,field,value\n2015-01-05,x,1\n", [], 2, /--lag/],
    ["a wrong lag", "date,field,value\n2015-01-05,x,1\n", ["--lag", "soon"], 2, /is no lag/],
    ["nothing that is a fact", "hello\nworld\n", [], 1, /There are no facts/],
    ["nothing at all", "", [], 1, /There are no facts/],
    [
      "rows that are all refused",
      `${plain}A,x,never,2015-01-05,1\nA,x,2015-01-05,2015-01-01,1\n`,
      [],
      1,
      /unknown-date, 1 rows seen-before-it-happened/,
    ],
    ["a gzip that is cut off", cutOff, [], 1, /is cut off or damaged: .* copy the file again/],
    ["a damaged gzip", Uint8Array.of(0x1f, 0x8b, 8, 0, 1, 2, 3, 4, 5, 6), [], 1, /There are no facts/],
  ])("%s: one sentence and the exit code", { timeout: 30_000 }, async (name, content, more, code, words) => {
    const file = cli.write(`bad/${name.replaceAll(" ", "-")}.csv`, content);
    const outcome = await cli.run(["facts", "import", file, "--name", "bad", ...more]);
    expect(outcome.stderr).toMatch(words);
    expect(outcome.stderr).not.toMatch(/defect|at async/);
    expect(outcome.code).toBe(code);
    expect((await cli.run(["facts", "show", "bad"])).code).toBe(2);
  });

  it("a declared lag is used and said; a damaged table is noticed", { timeout: 60_000 }, async () => {
    const file = cli.write("lagged/data.csv", "date,field,value,symbol\n2015-01-05,short.interest,7,A\n");
    cli.write("lagged/facts.yaml", "name: lagged\nsource: data.csv\nlag: 9d\n");
    expect(await cli.json(["facts", "import", join(cli.folder, "lagged/facts.yaml")])).toMatchObject({
      name: "lagged",
      honesty: "lag assumed",
      seenFrom: Date.UTC(2015, 0, 15) * 1000,
    });
    expect(file).toContain("lagged");
    writeFileSync(join(cli.workspace, "facts/lagged/facts.parquet"), "nonsense");
    const outcome = await cli.run(["facts", "check", "lagged"]);
    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toMatch(/import them again/);
  });
});
