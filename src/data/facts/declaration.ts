// How facts are to be read, in a YAML file beside them: the same things that the command line takes, kept with the data.
import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { TruewindError } from "#base/errors.js";
import { type Lag, parseLag } from "./lag.js";

const schema = z.strictObject({
  name: z.string(),
  /** File or folder, relative to the declaration; null: its folder. */
  source: z.string().default("."),
  lag: z.string().nullable().default(null),
  symbol: z.string().nullable().default(null),
  events: z.boolean().default(false),
});

export interface FactsDeclaration {
  readonly path: string;
  readonly name: string;
  readonly lag: Lag | null;
  readonly symbol: string | null;
  readonly events: boolean;
}

interface Given {
  readonly name?: string;
  readonly lag?: string;
  readonly symbol?: string;
  readonly events?: boolean;
}

/** `source`: a declaration (`.yaml`, `.yml`), else the data itself, for which `given` must name the set. Throws `bad-config`, `bad-usage` or `no-such-file`. */
export function readFactsDeclaration(source: string, given: Given): FactsDeclaration {
  const declared = /\.ya?ml$/i.test(source) ? parseDeclaration(source) : null;
  const name = given.name ?? declared?.name;
  if (name === undefined) throw new TruewindError("bad-usage", `Name the set of facts with --name, as in --name macro.`);
  const lag = given.lag ?? declared?.lag ?? null;
  return {
    path: declared === null ? source : resolve(dirname(source), declared.source),
    name,
    lag: lag === null ? null : parseLag(lag),
    symbol: given.symbol ?? declared?.symbol ?? null,
    events: given.events ?? declared?.events ?? false,
  };
}

function parseDeclaration(path: string): z.output<typeof schema> {
  let raw: unknown;
  try {
    raw = parse(readFileSync(path, "utf8"));
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === "ENOENT";
    throw new TruewindError(
      missing ? "no-such-file" : "bad-config",
      missing ? `There is nothing at ${path}: check the path.` : `${path} is not valid YAML.`,
      { cause },
    );
  }
  const parsed = schema.safeParse(raw);
  if (parsed.success) return parsed.data;
  throw new TruewindError(
    "bad-config",
    `${path} is no declaration of facts (${z.prettifyError(parsed.error).replaceAll("\n", " ")}): it needs name, and may have source, lag, symbol, events.`,
  );
}
