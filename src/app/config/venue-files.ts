// The CSV files that an experiment names in `venue`: halts, what can be borrowed, funding. Each is read whole and stands in the experiment from
// then on, so that it is part of the run's identity and of its journal. Plain CSV: a header, commas, no quotes, UTF-8.
import { dirname, join } from "node:path";
import type { z } from "zod";
import { TruewindError } from "#base/errors.js";
import { venueLists } from "./trading-keys.js";

type ListName = keyof typeof venueLists;

/** Columns of each file: those that may be missing or empty, and those that hold numbers. */
const COLUMNS: Readonly<Record<ListName, { readonly needed: readonly string[]; readonly free: readonly string[] }>> = {
  halts: { needed: ["instrument", "from", "to"], free: [] },
  borrow: { needed: ["instrument", "from"], free: ["units", "bps"] },
  funding: { needed: ["instrument", "at", "rate"], free: [] },
};
const NUMBERS: ReadonlySet<string> = new Set(["units", "bps", "rate"]);

/** Problems named in one message; there may be as many as rows. */
const MOST_PROBLEMS = 10;

/** An experiment as YAML says it, with rows in place of the names of files. `path`: of the experiment; files lie relative to it. */
export function withVenueFiles(raw: unknown, path: string, readText: (path: string) => string): unknown {
  const venue = (raw as { venue?: unknown } | null)?.venue;
  if (typeof venue !== "object" || venue === null) return raw;
  const names = Object.keys(venueLists) as ListName[];
  const read = names.flatMap((name) => {
    const file = (venue as Partial<Record<ListName, unknown>>)[name];
    if (typeof file !== "string") return [];
    return [[name, rowsOf(name, readText(join(dirname(path), file)), `${file}, which venue.${name} of ${path} names,`)] as const];
  });
  return read.length === 0 ? raw : { ...(raw as object), venue: { ...venue, ...Object.fromEntries(read) } };
}

/** Throws `bad-config` with all problems at once, each with the line where it is. */
function rowsOf(name: ListName, text: string, where: string): readonly unknown[] {
  const { needed, free } = COLUMNS[name];
  const lines = text.replace(/^\uFEFF/, "").split(/\r?\n/);
  const header = (lines[0] ?? "").split(",").map((column) => column.trim());
  const known = [...needed, ...free];
  const strange = header.filter((column, i) => !known.includes(column) || header.indexOf(column) !== i);
  const missing = needed.filter((column) => !header.includes(column));
  if (strange.length > 0 || missing.length > 0)
    throw new TruewindError(
      "bad-config",
      `${where} begins with "${(lines[0] ?? "").slice(0, 80)}": its first line must name the columns ${needed.join(",")}${free.length === 0 ? "" : `, and may name ${free.join(",")}`}.`,
    );
  const problems: string[] = [];
  const rows: unknown[] = [];
  const lineOf: number[] = [];
  lines.slice(1).forEach((line, i) => {
    if (line.trim() === "") return;
    const fields = line.split(",").map((field) => field.trim());
    if (line.includes('"')) problems.push(`line ${i + 2}: it has a quotation mark; write fields without`);
    else if (fields.length !== header.length) problems.push(`line ${i + 2}: it has ${fields.length} fields, not ${header.length}`);
    else {
      rows.push(Object.fromEntries(header.map((column, k) => [column, valueOf(column, fields[k] as string)])));
      lineOf.push(i + 2);
    }
  });
  if (problems.length === 0 && rows.length === 0) problems.push("it holds no row");
  const parsed = venueLists[name].safeParse(rows);
  for (const issue of parsed.error?.issues ?? []) problems.push(describe(issue, lineOf));
  if (problems.length === 0) return rows;
  const more = problems.length > MOST_PROBLEMS ? `\n  and ${problems.length - MOST_PROBLEMS} more` : "";
  throw new TruewindError(
    "bad-config",
    `${where} has ${problems.length === 1 ? "a problem" : `${problems.length} problems`}:\n${problems
      .slice(0, MOST_PROBLEMS)
      .map((problem) => `  ${problem}`)
      .join("\n")}${more}`,
  );
}

/** An empty number is null; what is no number stays text, and is refused as such. */
function valueOf(column: string, field: string): string | number | null {
  if (!NUMBERS.has(column)) return field;
  if (field === "") return null;
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(field) ? Number(field) : field;
}

function describe(issue: z.core.$ZodIssue, lineOf: readonly number[]): string {
  const [row, column] = issue.path;
  if (typeof row !== "number") return issue.code === "too_big" ? `it has more than ${issue.maximum} rows` : issue.message;
  const place = `line ${lineOf[row]}${column === undefined ? "" : `, ${String(column)}`}`;
  if (issue.code === "invalid_type") return `${place}: it is no number`;
  if (issue.code === "too_small")
    return issue.origin === "string" ? `${place}: it is empty` : `${place}: it must be at least ${issue.minimum}`;
  if (issue.code === "too_big") return `${place}: it must be at most ${issue.maximum}`;
  return `${place}: it ${issue.message}`;
}
