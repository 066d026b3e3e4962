// Declares a folder that has no declaration: finds its tables, maps the usual column names and guesses the rest from a sample.
// A `truewind-dataset.yaml` in the folder wins. What a guess cannot know (price basis, survivors) stays undeclared.
import { existsSync } from "node:fs";
import { basename, join, relative, resolve } from "node:path";
import { TruewindError } from "#base/errors.js";
import { type LocatedDeclaration, parseDeclaration, readDeclaration } from "./declaration.js";
import { findFiles, walk } from "./file-list.js";
import { guessCalendar } from "./guess-calendar.js";
import { guessColumns, type GuessedColumns, sectorColumn, symbolColumn } from "./header-names.js";
import { type Sample, sampleFile } from "./sample-file.js";
import { guessTimes } from "./guess-times.js";

const DECLARATION_FILE = "truewind-dataset.yaml";
const TABLE = /\.(csv|csv\.gz|txt|txt\.gz|parquet)$/i;
/** Files whose rows are looked at when guessing times and calendar. */
const LOOKED_AT = 40;
/** Enough for the header and some rows of every file. */
const HEADER_BYTES = 4096;

interface Table extends Sample {
  readonly columns: GuessedColumns;
}

/** Throws `no-such-file` when the folder holds nothing that looks like bars, trades or quotes. */
export async function detectDeclaration(folder: string): Promise<LocatedDeclaration> {
  const root = resolve(folder);
  if (!existsSync(root)) throw new TruewindError("no-such-file", `There is no folder ${folder}: check the path.`);
  const declared = join(root, DECLARATION_FILE);
  if (existsSync(declared)) return readDeclaration(declared);
  const paths = (await walk(root, 8)).filter((path) => TABLE.test(path)).sort();
  const samples = await sampleAll(paths);
  const tables = bestGroup(
    samples.flatMap((sample) => {
      const columns = guessColumns(sample.header);
      return columns === null ? [] : [{ ...sample, columns }];
    }),
  );
  const first = tables[0];
  if (first === undefined) {
    throw new TruewindError(
      "no-such-file",
      `${folder} holds no CSV or Parquet file with the columns of bars, trades or quotes: write a ${DECLARATION_FILE} that maps its columns.`,
    );
  }
  return { root, declaration: parseDeclaration(await describe(root, tables, samples), `The declaration guessed for ${folder}`) };
}

async function describe(root: string, tables: readonly Table[], samples: readonly Sample[]): Promise<Record<string, unknown>> {
  const first = tables[0] as Table;
  const { kind, values, symbol } = first.columns;
  const fromPath = symbol === null ? symbolPattern(tables) : null;
  const symbols =
    fromPath === null ? symbolsIn(tables, symbol as string) : tables.map(({ path }) => new RegExp(fromPath).exec(path)?.[1] ?? "");
  const step = Math.max(1, Math.ceil(tables.length / LOOKED_AT));
  const heads = await Promise.all(
    tables.filter((_, i) => i % step === 0).map(async (table) => ({ ...table, ...(await sampleFile(table.path)) })),
  );
  const looked = heads.filter((head): head is Table => head.rows !== undefined);
  const times = guessTimes(
    kind,
    looked.map((table) => ({ column: table.columns.time, symbol, ...table })),
  );
  const { calendar, currency } = guessCalendar(symbols, times.dates);
  const master = samples.find(
    ({ path, header }) =>
      /^(symbols|instruments|universe)/i.test(basename(path)) && symbolColumn(header) !== null && sectorColumn(header) !== null,
  );
  const indices = [...new Set(symbols)].filter((name) => name.startsWith("^")).sort();
  return {
    name:
      basename(root)
        .replaceAll(/[^A-Za-z0-9._-]/g, "-")
        .replace(/^[^A-Za-z0-9]+/, "") || "dataset",
    files: await globsFor(root, tables),
    format: first.path.endsWith(".parquet") ? "parquet" : "csv",
    kind,
    columns: { ...times.columns, ...values },
    symbol: fromPath === null ? { column: symbol } : { path: fromPath },
    ...(symbols.every((name) => name === name.toLowerCase()) ? { symbolCase: "upper" } : {}),
    ...(kind === "bar" ? { interval: times.interval } : {}),
    ...(times.timezone === null ? {} : { timezone: times.timezone }),
    calendar,
    currency,
    ...(master === undefined
      ? {}
      : { instruments: { file: relative(root, master.path), symbol: symbolColumn(master.header), sector: sectorColumn(master.header) } }),
    ...(indices.length > 0 ? { notTradable: indices } : {}),
    ...actionsIn(root, samples),
  };
}

async function sampleAll(paths: readonly string[]): Promise<Sample[]> {
  const samples: (Sample | null)[] = [];
  for (let i = 0; i < paths.length; i += 16)
    samples.push(...(await Promise.all(paths.slice(i, i + 16).map((path) => sampleFile(path, HEADER_BYTES)))));
  return samples.filter((sample) => sample !== null);
}

/** The largest set of files with one header; daily before intraday when two are of one size. */
function bestGroup(tables: readonly Table[]): Table[] {
  const groups = new Map<string, Table[]>();
  for (const table of tables) {
    const key = JSON.stringify([table.header, table.path.endsWith(".parquet"), table.columns.kind]);
    const group = groups.get(key) ?? [];
    group.push(table);
    groups.set(key, group);
  }
  const rank = (group: readonly Table[]): number =>
    ["quote", "trade", "bar"].indexOf((group[0] as Table).columns.kind) * 1e9 + group.length;
  return [...groups.values()].reduce<Table[]>((best, group) => (best.length === 0 || rank(group) > rank(best) ? group : best), []);
}

/** One symbol per file: in the file's name, or, when the names are dates, in the folder's. */
function symbolPattern(tables: readonly Table[]): string {
  const dated = tables.every(({ path }) => /^\d{6,8}(\D|$)/.test(basename(path)));
  return dated ? "([^/]+)/[^/]+$" : "([^/]+?)\\.(?:csv|txt|parquet)(?:\\.gz)?$";
}

function symbolsIn(tables: readonly Table[], column: string): string[] {
  const all = tables.flatMap(({ header, rows }) => rows.map((row) => row[header.indexOf(column)] ?? ""));
  return [...new Set(all)].filter((name) => name !== "");
}

/** A glob when it finds these files and no readable others (damaged ones belong in the report), else the list. */
async function globsFor(root: string, tables: readonly Table[]): Promise<string[]> {
  const wanted = tables.map(({ path }) => relative(root, path));
  const known = new Set(wanted);
  const folders = new Set(wanted.map((path) => path.split("/").slice(0, -1).join("/")));
  const common = commonFolder([...folders]);
  const names = wanted.map((path) => basename(path));
  const nested = folders.size > 1 ? "**/" : "";
  const ending = TABLE.exec(names[0] as string)?.[0] ?? "";
  const prefix = trimTo(commonPrefix(names), /^.*[_-]/);
  const reverse = (text: string): string => Array.from(text).reverse().join("");
  const reversed = names.map((name) => reverse(name.slice(0, name.length - ending.length)));
  const suffix = reverse(trimTo(commonPrefix(reversed), /^.*[_-]/));
  const base = common === "" ? "" : `${common}/`;
  for (const name of [`*${ending}`, `*${suffix}${ending}`, `${prefix}*${ending}`, `${prefix}*${suffix}${ending}`]) {
    const glob = `${base}${nested}${name}`;
    const found = (await findFiles(root, [glob])).map((path) => relative(root, path));
    const extra = found.filter((path) => !known.has(path));
    const readable = await Promise.all(extra.slice(0, 50).map((path) => sampleFile(join(root, path), HEADER_BYTES)));
    if (readable.every((sample) => sample === null)) return [glob];
  }
  return wanted;
}

function actionsIn(root: string, samples: readonly Sample[]): Record<string, unknown> {
  if (existsSync(join(root, "factor_files"))) return { actions: { kind: "lean-factor-files", path: "factor_files" } };
  const file = samples.find(({ header }) => header.includes("ex_date") && header.includes("symbol"));
  return file === undefined ? {} : { actions: { kind: "csv", path: relative(root, file.path) } };
}

function commonFolder(folders: readonly string[]): string {
  const parts = folders.map((folder) => folder.split("/"));
  const first = parts[0] ?? [];
  const n = first.findIndex((part, i) => parts.some((other) => other[i] !== part));
  return (n < 0 ? first : first.slice(0, n)).join("/");
}

function commonPrefix(texts: readonly string[]): string {
  const first = texts[0] ?? "";
  let n = first.length;
  for (const text of texts) while (!text.startsWith(first.slice(0, n))) n--;
  return first.slice(0, n);
}

function trimTo(text: string, pattern: RegExp): string {
  return pattern.exec(text)?.[0] ?? "";
}
