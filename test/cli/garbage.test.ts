// Garbage into `data import`, at process level: an exit code, one clear sentence, and nothing lost or left half done.
import type { SpawnOptions } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cli, createCli, experimentYaml, ordinaryUser } from "#test/fixtures/cli.js";
import { nightlyOr, sampleOf } from "#test/needs.js";

const HEADER = "date,open,high,low,close,volume";
const DAYS = ["02", "05", "06", "07", "08", "09", "12", "13"].map((day) => `2015-01-${day}`);
const rows = DAYS.map((day, i) => `${day},${10 + i},${11 + i},${9 + i},${10 + i},1000`);
const csv = (lines: readonly string[]): string => `${[HEADER, ...lines].join("\n")}\n`;
const GOOD = csv(rows);
const declaration = (changes: Record<string, unknown> = {}): string =>
  JSON.stringify({
    name: "kept",
    files: "*.csv*",
    columns: { date: "date", open: "open", high: "high", low: "low", close: "close", volume: "volume" },
    ...changes,
  });

let cli: Cli;
beforeAll(async () => {
  cli = createCli("garbage");
  cli.write("good/GOOD.csv", GOOD);
  cli.write("good/set.yaml", declaration());
  await cli.json(["data", "import", "good/set.yaml"]);
});
afterAll(() => cli.dispose());

/** All that the lake holds, to the name of the version's folder: an import that fails must not move any of it. */
const lake = (): unknown => ({
  versions: readdirSync(join(cli.workspace, "lake", ".versions")).sort(),
  manifest: readFileSync(join(cli.workspace, "lake", "kept", "manifest.json"), "utf8"),
});

async function refuses(args: readonly string[], code: number, errorCode: string, sentence: RegExp, user: SpawnOptions = {}): Promise<void> {
  const before = lake();
  const outcome = await cli.run([...args, "--json"], user);
  expect(outcome.code).toBe(code);
  const { error } = JSON.parse(outcome.stdout) as { error: { code: string; message: string } };
  expect(error.code).toBe(errorCode);
  expect(error.message).toMatch(sentence);
  expect(error.message).not.toMatch(/\n\s+at /);
  expect(outcome.stderr).not.toMatch(/defect of Truewind/);
  expect(lake()).toEqual(before);
}

const zipped = gzipSync(csv(Array.from({ length: 4000 }, (_, i) => `2015-01-02,${10 + i * 0.013},99,1,${11 + i * 0.017},${i * 7919}`)));
/** Name of the only file, its content, what the sentence must tell. */
const BROKEN: readonly (readonly [string, string, string | Uint8Array, RegExp])[] = [
  ["a truncated gzip", "BAD.csv.gz", zipped.subarray(0, zipped.length >> 1), /BAD\.csv\.gz.*gzip file is truncated/],
  ["wrong columns", "BAD.csv", "when,o,h\n2015-01-02,1,2\n", /BAD\.csv.*wrong columns.*it has when, o, h/],
  [
    "latin-1 bytes within UTF-8",
    "BAD.csv",
    Buffer.concat([Buffer.from(GOOD), Buffer.from("2015-01-14,caf\xe9,1,1,1,1\n", "latin1")]),
    /BAD\.csv.*not UTF-8/,
  ],
  ["an empty file", "BAD.csv", "", /BAD\.csv.*empty/],
  ["a header and no rows", "BAD.csv", csv([]), /no rows/],
  ["binary garbage", "BAD.csv", randomBytes(5000), /BAD\.csv.*(binary data|not UTF-8)/],
  ["prices of 1e308", "BAD.csv", csv(["2015-01-02,1e308,1e308,1e308,1e308,5"]), /absurd-price/],
];

describe("an import of nothing but garbage fails with 1, says why, and leaves the dataset of that name alone", () => {
  it.each(sampleOf(BROKEN, 3))("%s", async (name, file, content, sentence) => {
    const folder = name.replaceAll(" ", "-");
    cli.write(`${folder}/${file}`, content);
    cli.write(`${folder}/set.yaml`, declaration());
    await refuses(["data", "import", `${folder}/set.yaml`], 1, "no-data", sentence);
  });
});

it("beside one good file, all of it is put aside with its reasons, and dates that run backwards are sorted and told", async () => {
  BROKEN.forEach(([, file, content], i) => cli.write(`mixed/B${i}${file.slice(3)}`, content));
  cli.write("mixed/GOOD.csv", GOOD);
  cli.write("mixed/BACK.csv", csv([...rows].reverse()));
  mkdirSync(join(cli.folder, "mixed", "FOLDER.csv"));
  cli.write("mixed/set.yaml", declaration({ name: "mixed" }));
  const { code, stdout } = await cli.run(["data", "import", "mixed/set.yaml"]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^mixed: 16 bars of 2 instruments, 2015-01-02 to 2015-01-13/);
  for (const words of [/gzip file is truncated/, /wrong columns/, /not UTF-8/, /empty/, /absurd-price/, /7 x out-of-order/])
    expect(stdout).toMatch(words);
});

describe("a source that is none", () => {
  it("nothing at the path", () => refuses(["data", "import", "nowhere"], 2, "no-such-file", /nothing at nowhere: check the path/));
  it("a folder without any table", async () => {
    cli.write("notes/readme.md", "# nothing");
    await refuses(["data", "import", "notes"], 2, "no-such-file", /notes holds no CSV or Parquet file.*write a truewind-dataset\.yaml/);
  });
  it("a folder in place of the only file", async () => {
    mkdirSync(join(cli.folder, "hollow", "A.csv"), { recursive: true });
    cli.write("hollow/set.yaml", declaration());
    await refuses(["data", "import", "hollow/set.yaml"], 2, "no-such-file", /No file under .*hollow matches/);
  });
  it("a file that may not be read", async (context) => {
    const user = await ordinaryUser(cli);
    if (user === null) return context.skip("only root is there, who may read everything");
    const theirs = join(cli.folder, "theirs"); // a workspace that the other user may write
    mkdirSync(theirs);
    chmodSync(theirs, 0o777);
    chmodSync(cli.write("closed/A.csv", GOOD), 0o000);
    cli.write("closed/set.yaml", declaration());
    await refuses(["data", "import", "closed/set.yaml", "--workspace", theirs], 1, "no-data", /A\.csv.*(may not|cannot) /, user);
  });
});

describe("a declaration that does not hold tells all its problems and changes nothing", () => {
  it("unknown keys and a wrong word at once", async () => {
    cli.write(
      "good/bad.yaml",
      declaration({ colour: "red", priceBasis: "rwa", columns: { date: "date", opne: "open", high: "h", low: "l", close: "c" } }),
    );
    await refuses(["data", "import", "good/bad.yaml"], 2, "bad-config", /problems(?=[^]*colour)(?=[^]*opne)(?=[^]*priceBasis)/);
  });
  it.each([
    ["no YAML", "name: [x", /not (valid )?YAML/],
    ["of 0 bytes", "", /nothing\.yaml|top level|empty/],
    ["with a name that leaves the lake", declaration({ name: "../../x" }), /name/],
  ])("%s", async (_, text, sentence) => {
    cli.write("good/nothing.yaml", text);
    await refuses(["data", "import", "good/nothing.yaml"], 2, "bad-config", sentence);
  });
  it("--as with a name that leaves the lake", () =>
    refuses(["data", "import", "good/set.yaml", "--as", "../../x"], 2, "bad-config", /"\.\.\/\.\.\/x" is no dataset name/));
});

it(`a folder of ${nightlyOr(10_000, 1_500)} small files is one dataset`, async () => {
  const files = nightlyOr(10_000, 1_500);
  for (let i = 0; i < files; i++) cli.write(`many/S${String(i).padStart(5, "0")}.csv`, i === 1234 ? "" : csv([rows[0] as string]));
  cli.write("many/set.yaml", declaration({ name: "many" }));
  const { manifest } = (await cli.json(["data", "import", "many/set.yaml"])) as {
    manifest: { instruments: number; quarantinedFiles: number };
  };
  expect(manifest).toMatchObject({ instruments: files - 1, quarantinedFiles: 1 });
});

it("symbols with odd characters go from import to report without leaving their place", async () => {
  const odd = ["../x", "<script>alert(1)</script>", "A B", "ÜÑ中", "'; drop table rows;--", 'q"uote', "\u001b[31mred", "TRUE"];
  const lines: string[] = [`symbol,${HEADER}`];
  const day = new Date("2015-01-01T00:00:00Z");
  for (let t = 0; t < 400; t++) {
    day.setUTCDate(day.getUTCDate() + 1);
    odd.forEach((symbol, s) => {
      const price = (50 + 10 * Math.sin(t / 9 + s) + s).toFixed(2);
      lines.push(`"${symbol.replaceAll('"', '""')}",${day.toISOString().slice(0, 10)},${price},${price},${price},${price},1000000`);
    });
  }
  cli.write("odd/odd.csv", `${lines.join("\n")}\n`);
  cli.write("odd/set.yaml", declaration({ name: "odd", symbol: { column: "symbol" }, priceBasis: "full", calendar: "24/7" }));
  await cli.json(["data", "import", "odd/set.yaml"]);
  const shown = await cli.run(["data", "show", "odd", "--symbol", "\u001b[31mred", "--limit", "1"]);
  expect(shown.code).toBe(0);
  expect(shown.stdout).not.toContain("\u001b");
  cli.write(
    "odd.yaml",
    experimentYaml({
      name: "odd",
      data: { dataset: "odd", anonymize: false },
      benchmark: "../x",
      portfolio: { kind: "top-k", k: 2 },
      universe: { minHistory: 60 },
      splits: { train: 200, test: 100 },
      risk: { maxWeight: 0.5 },
    }),
  );
  const { report } = (await cli.json(["backtest", "odd.yaml"])) as { report: string };
  const page = readFileSync(report, "utf8");
  expect(page).not.toContain("<script>alert");
  expect(page).toContain("../x");
  expect(existsSync(join(cli.workspace, "x"))).toBe(false);
});
