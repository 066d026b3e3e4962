// Rows per second and peak memory of an import, against pandas and polars reading the same gzipped CSV files. Each side runs in a process
// of its own and times itself after loading its libraries. The peers read, sort and write one Parquet file; they check nothing.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Bench, BenchCase, NotRun } from "./contract.js";
import { writeBarFiles } from "./import-files.js";
import { isNotRun, runPeer } from "./peer.js";

// From dist/bench to the folder beside the repository.
const REAL = fileURLToPath(new URL("../../../shared/data/us_equity_daily_2005_2017/bars/", import.meta.url));
const CHILD = fileURLToPath(new URL("./import-child.js", import.meta.url));

const folder = mkdtempSync(join(tmpdir(), "truewind-bench-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

interface Input {
  readonly label: string;
  /** Made on first use, so that listing benches costs nothing. */
  readonly path: () => string;
}

let generated: string | null = null;
const inputs: readonly Input[] = [
  {
    label: "generated (572 x 2,600 rows)",
    path: () => {
      if (generated === null) {
        generated = join(folder, "bars");
        writeBarFiles(generated);
      }
      return generated;
    },
  },
  ...(existsSync(REAL) ? [{ label: "real (1,505,196 rows)", path: () => REAL }] : []),
];

type Mode = "read" | "full";
type Library = "polars" | "pandas";

interface Measured {
  readonly rate: number;
  readonly mb: number;
}

function runOurs(mode: Mode, { path }: Input): Measured {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CHILD, mode, path()], { encoding: "utf8" });
  if (status !== 0) throw new Error(`our import failed: ${stderr.trim().split("\n").at(-1) ?? "no message"}`);
  const { rows, seconds, mb } = JSON.parse(stdout) as { rows: number; seconds: number; mb: number };
  return { rate: rows / seconds, mb };
}

function runTheirs(library: Library, { path }: Input): Measured | NotRun {
  const line = runPeer("import_frames.py", ["--files", join(path(), "*.csv.gz"), "--engine", library, "--out", join(folder, "peer")]);
  if (isNotRun(line)) return line;
  return { rate: (line["rows"] as number) / (line["total_s"] as number), mb: line["peak_rss_mb"] as number };
}

const WORK: Readonly<Record<Mode, string>> = {
  read: "read, row rules, sort, Parquet",
  full: "full import: all checks, calendar, quarantine, id",
};

/** The rate, and the memory of the same runs. */
function cases(mode: Mode, library: Library, input: Input): BenchCase[] {
  const ours: number[] = [];
  const theirs: (number | NotRun)[] = [];
  const what = `${input.label}: ${WORK[mode]} | ${library}: read, sort, Parquet`;
  return [
    {
      name: what,
      unit: "rows/s",
      ours: () => {
        const { rate, mb } = runOurs(mode, input);
        ours.push(mb);
        return Promise.resolve(rate);
      },
      peer: {
        name: library,
        run: () => {
          const measured = runTheirs(library, input);
          theirs.push("notRun" in measured ? measured : measured.mb);
          return Promise.resolve("notRun" in measured ? measured : measured.rate);
        },
      },
    },
    {
      name: `memory, ${what}`,
      unit: "MB",
      ours: () => Promise.resolve(ours.shift() ?? runOurs(mode, input).mb),
      peer: { name: library, run: () => Promise.resolve(theirs.shift() ?? { notRun: "it did not run before" }) },
    },
  ];
}

export const bench: Bench = {
  cases: inputs.flatMap((input) => [
    ...cases("read", "polars", input),
    ...cases("full", "polars", input),
    ...cases("full", "pandas", input),
  ]),
};
