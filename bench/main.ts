// `npm run bench -- NAME [--json] [--rounds N]`: JSON lines for machines, a table for people. Progress goes to stderr.
import { parseArgs } from "node:util";
import type { Bench, BenchLine } from "./contract.js";
import { measure } from "./measure.js";
import { table } from "./table.js";

/** One line per bench, imported only when it is asked for. A bench is a file `bench/NAME.ts` that exports `const bench: Bench`. */
const benches: Readonly<Record<string, () => Promise<{ readonly bench: Bench }>>> = {
  books: () => import("./books.js"),
  engine: () => import("./engine.js"),
  features: () => import("./features.js"),
  import: () => import("./import.js"),
  limits: () => import("./limits.js"),
  loop: () => import("./loop.js"),
  matching: () => import("./matching.js"),
  neural: () => import("./neural.js"),
  optimize: () => import("./optimize.js"),
  trees: () => import("./trees.js"),
  truth: () => import("./truth.js"),
  tuning: () => import("./tuning.js"),
};

const DEFAULT_ROUNDS = 5;

async function main(args: readonly string[]): Promise<number> {
  const names = Object.keys(benches).join(", ") || "none yet";
  const usage = `Usage: npm run bench -- NAME [--json] [--rounds N] [--only WORDS]. Benches: ${names}.\n`;
  const parsed = parse(args);
  const load = parsed === null ? undefined : benches[parsed.name];
  if (parsed === null || load === undefined) {
    process.stderr.write(parsed === null ? usage : `There is no bench called "${parsed.name}". ${usage}`);
    return 2;
  }
  const { bench } = await load();
  const lines: BenchLine[] = [];
  const asked = bench.cases.filter(({ name }) => parsed.only.length === 0 || parsed.only.some((words) => name.includes(words)));
  if (asked.length === 0) {
    process.stderr.write(
      `No case of ${parsed.name} has ${parsed.only.join(" or ")} in its name; there are: ${bench.cases.map(({ name }) => name).join("; ")}.\n`,
    );
    return 2;
  }
  for (const benchCase of asked) {
    process.stderr.write(`${parsed.name}: ${benchCase.name} ...\n`);
    const line = await measure(parsed.name, benchCase, parsed.rounds);
    lines.push(line);
    if (parsed.json) process.stdout.write(`${JSON.stringify(line)}\n`);
  }
  if (!parsed.json) process.stdout.write(`${table(lines)}\n`);
  return 0;
}

/** Null when the arguments make no sense. */
function parse(args: readonly string[]): { name: string; json: boolean; rounds: number; only: readonly string[] } | null {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        json: { type: "boolean", default: false },
        rounds: { type: "string", default: String(DEFAULT_ROUNDS) },
        only: { type: "string", multiple: true, default: [] },
      },
    });
    const [name] = positionals;
    const rounds = Number(values.rounds);
    if (name === undefined || positionals.length > 1 || !Number.isSafeInteger(rounds) || rounds < 1) return null;
    return { name, json: values.json, rounds, only: values.only };
  } catch {
    return null;
  }
}

process.exitCode = await main(process.argv.slice(2));
