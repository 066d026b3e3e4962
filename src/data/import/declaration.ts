// What a person says about files before they are imported: where they are, which column means what, what the prices are.
// Strict: an unknown key fails, and all problems are reported at once. Whatever is not declared is assumed, and marked so.
import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { parse as parseYaml } from "yaml";
import { z } from "zod";
import { TruewindError } from "#base/errors.js";
import { parseIsoDate } from "#domain/time.js";

const isoDate = z.string().refine((text) => parseIsoDate(text) !== null, "not a date in YYYY-MM-DD");

const timeSchema = z.strictObject({
  column: z.string(),
  /** Text in ISO 8601, or a count since 1970. */
  unit: z.enum(["iso", "s", "ms", "us"]).default("iso"),
  /** Whether the stamp is the start or the end of a bar. The default is safe: a wrong `start` is late, never early. */
  edge: z.enum(["start", "end"]).default("start"),
});

const columnsSchema = z.strictObject({
  /** Trading day of daily bars: `YYYY-MM-DD`, `YYYYMMDD`, or anything that begins with the former. */
  date: z.string().optional(),
  /** Moment of everything else. */
  at: timeSchema.optional(),
  open: z.string().optional(),
  high: z.string().optional(),
  low: z.string().optional(),
  close: z.string().optional(),
  volume: z.string().optional(),
  price: z.string().optional(),
  size: z.string().optional(),
  /** Of a trade: 1, B, BUY or -1, S, SELL; anything else is not known. */
  aggressor: z.string().optional(),
  bid: z.string().optional(),
  ask: z.string().optional(),
  bidSize: z.string().optional(),
  askSize: z.string().optional(),
});

const currency = z.string().regex(/^[A-Z]{3}$/, "three capital letters");

const fxSchema = z.strictObject({
  file: z.string(),
  /** One unit of `from` is worth `rate` units of `to`. */
  from: currency,
  to: currency,
  columns: z.strictObject({ date: z.string(), rate: z.string() }),
  /** When the rate of a day was known, in `timezone`: by default at the end of that day. */
  knownAt: z
    .string()
    .regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, "a time of day like 16:00, or 24:00")
    .default("24:00"),
  timezone: z.string().refine(isZone, "not a zone like Europe/Berlin").default("UTC"),
});

const NEEDED = { bar: ["open", "high", "low", "close"], trade: ["price", "size"], quote: ["bid", "ask"] } as const;

/** Exported for the test that holds docs/guide/data.md to it. */
export const declarationSchema = z
  .strictObject({
    name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, "letters, digits, dot, dash, underscore"),
    /** Globs (`*`, `**`, `?`) relative to the declaration's folder. */
    files: z.union([z.string().transform((glob) => [glob]), z.array(z.string()).min(1)]),
    format: z.enum(["csv", "parquet"]).default("csv"),
    delimiter: z.string().length(1).default(","),
    kind: z.enum(["bar", "trade", "quote"]).default("bar"),
    columns: columnsSchema,
    /** A column, or the first group of a regular expression on the file's path. */
    symbol: z
      .union([z.strictObject({ column: z.string() }), z.strictObject({ path: z.string() })])
      .default({ path: "([^/]+?)\\.(?:csv|csv\\.gz|txt|parquet)$" }),
    symbolCase: z.enum(["as-is", "upper"]).default("as-is"),
    /** Length of a bar: `1d` or seconds. */
    interval: z.union([z.literal("1d"), z.number().positive()]).default("1d"),
    /** IANA zone of moments that carry none; the calendar's when absent. */
    timezone: z.string().optional(),
    calendar: z.enum(["XNYS", "XNSE", "24/7"]).default("XNYS"),
    currency: currency.default("USD"),
    /** Exchange rates between the dataset's currency and others, for accounts in another currency. */
    fx: z.array(fxSchema).default([]),
    /** Assumed `full` when absent, or read off the declared splits. */
    priceBasis: z.enum(["raw", "split", "full"]).optional(),
    /** Inferred from the symbols' last dates when absent. */
    survivorsOnly: z.boolean().optional(),
    /** The market's price increment; 0.01 on raw prices, 1e-6 with a relative tick of 1e-4 on adjusted ones. */
    tickSize: z.number().positive().optional(),
    lotSize: z.number().positive().default(1),
    /** Prices are multiplied by it. */
    priceScale: z.number().positive().default(1),
    /** Seconds between a row's end and the moment when it could be acted on. */
    feedDelay: z.number().nonnegative().default(0),
    instruments: z.strictObject({ file: z.string(), symbol: z.string().default("symbol"), sector: z.string().optional() }).optional(),
    /** Symbols that never may be traded: indices, benchmarks kept for comparison. */
    notTradable: z.array(z.string()).default([]),
    actions: z.strictObject({ kind: z.enum(["lean-factor-files", "csv"]), path: z.string() }).optional(),
    /** Return on the last price of a symbol that falls silent before the set ends: -1 is a total loss; see data/actions for the default. */
    delistingReturn: z.number().min(-1).optional(),
    /** Rows outside are quarantined. Both ends included. */
    range: z.strictObject({ from: isoDate.optional(), to: isoDate.optional() }).default({}),
    /** Name of a dataset in the same lake with the same bars from somebody else. */
    secondSource: z.string().optional(),
  })
  .superRefine((declaration, context) => {
    const { kind, columns, interval, priceBasis, actions } = declaration;
    const issue = (path: string[], message: string): void => context.addIssue({ code: "custom", path, message });
    for (const name of NEEDED[kind]) if (columns[name] === undefined) issue(["columns", name], `a ${kind} needs it`);
    const daily = kind === "bar" && interval === "1d";
    if (daily && columns.date === undefined) issue(["columns", "date"], "daily bars need it");
    if (!daily && columns.at === undefined) issue(["columns", "at"], "intraday rows need it");
    if (columns.date !== undefined && columns.at !== undefined) issue(["columns"], "give either date or at, not both");
    if (priceBasis === "full" && actions !== undefined) issue(["actions"], "fully adjusted prices already contain them: leave them out");
    declaration.fx.forEach(({ from, to }, i) => {
      if (from === to || (from !== declaration.currency && to !== declaration.currency)) {
        issue(["fx", String(i)], `one of from and to must be ${declaration.currency}, the dataset's currency, the other another one`);
      }
    });
    if ("path" in declaration.symbol && !isPattern(declaration.symbol.path)) issue(["symbol", "path"], "not a regular expression");
    if (declaration.timezone !== undefined && !isZone(declaration.timezone)) issue(["timezone"], "not a zone like America/New_York");
  });

export type Declaration = z.output<typeof declarationSchema>;

/** Throws `bad-config` that names every problem; `where` begins the sentence. */
export function parseDeclaration(raw: unknown, where = "The declaration"): Declaration {
  const parsed = declarationSchema.safeParse(raw);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join(".") || "top level"}: ${issue.message}`);
  throw new TruewindError(
    "bad-config",
    `${where} has ${problems.length} problem${problems.length === 1 ? "" : "s"}: ${problems.join("; ")}.`,
  );
}

/** A declaration with the folder that its paths are relative to. */
export interface LocatedDeclaration {
  readonly declaration: Declaration;
  readonly root: string;
}

/** Throws `no-such-file` or `bad-config`. */
export async function readDeclaration(file: string): Promise<LocatedDeclaration> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    throw new TruewindError("no-such-file", `The declaration ${file} cannot be read: check the path.`, { cause: error });
  }
  let raw: unknown;
  try {
    raw = parseYaml(text);
  } catch (error) {
    throw new TruewindError("bad-config", `${file} is not YAML: ${(error as Error).message.split("\n")[0]}.`, { cause: error });
  }
  return { declaration: parseDeclaration(raw, file), root: dirname(resolve(file)) };
}

function isPattern(text: string): boolean {
  return succeeds(() => new RegExp(text));
}

function isZone(text: string): boolean {
  return succeeds(() => new Intl.DateTimeFormat("en-US", { timeZone: text }));
}

function succeeds(attempt: () => unknown): boolean {
  try {
    attempt();
    return true;
  } catch {
    return false;
  }
}
