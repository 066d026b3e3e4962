// The feature engine: latency per moment when bars stream in, a batch of Alpha158 against pyqlib, single functions against TA-Lib and
// pandas, and whether time grows with instruments and days, and memory not. Every measurement runs in a process of its own.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Bench, BenchCase, NotRun } from "./contract.js";
import { writeMarket } from "./features-market.js";
import { runOurs } from "./features-process.js";
import type { StreamLine } from "./features-stream.js";
import { isNotRun, runPeer } from "./peer.js";

const STREAM = new URL("./features-stream.js", import.meta.url);
const BATCH = new URL("./features-batch.js", import.meta.url);
const SERIES = new URL("./features-series.js", import.meta.url);

const folder = mkdtempSync(join(tmpdir(), "truewind-bench-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

/** Made on first use, so that listing benches costs nothing. */
const market = (() => {
  let label: string | null = null;
  return (): string => {
    label ??= writeMarket(folder);
    return label;
  };
})();

/** Median and 99th percentile of the same runs. */
function streamCases(what: string, features: string, instruments: number, moments: number): BenchCase[] {
  const ahead: number[] = [];
  const measure = (): StreamLine => runOurs<StreamLine>(STREAM, [String(instruments), features, String(moments)]);
  const name = `stream, ${what}, ${instruments} instruments: a moment`;
  return [
    {
      name: `${name}, p50`,
      unit: "us",
      ours: () => {
        const { p50, p99 } = measure();
        ahead.push(p99);
        return Promise.resolve(p50);
      },
    },
    { name: `${name}, p99`, unit: "us", ours: () => Promise.resolve(ahead.shift() ?? measure().p99) },
  ];
}

interface BatchLine {
  readonly seconds: number;
  readonly mb: number;
  readonly means: Readonly<Record<string, number>>;
}

/** Means over all rows of the features whose values differ least between conventions: proof that both sides did the same work. */
function sameWork(ours: BatchLine["means"], theirs: Readonly<Record<string, number>>): void {
  for (const name of ["ROC60", "MA60", "STD60", "BETA60", "RSQR60", "RANK60", "CNTP60", "VSUMP60"]) {
    const mine = ours[`a158_${name.toLowerCase().replace(/(\d+)$/, "_$1")}`] as number;
    const other = theirs[`mean_${name}`] as number;
    if (!(Math.abs(mine - other) <= 2e-3 * Math.max(0.01, Math.abs(other)))) throw new Error(`${name}: mean ${mine}, pyqlib ${other}`);
  }
}

function batchCase(workers: number): BenchCase {
  const known: BatchLine["means"][] = [];
  const theirs: Record<string, number>[] = [];
  const compare = (): void => {
    const [mine, other] = [known[0], theirs[0]];
    if (mine !== undefined && other !== undefined) sameWork(mine, other);
  };
  return {
    name: `batch, Alpha158, 434 symbols x 11 years, ${workers} cores`,
    unit: "s",
    ours: () => {
      process.stderr.write(`bars: ${market()}\n`);
      const line = runOurs<BatchLine>(BATCH, [folder, "alpha158", String(workers)]);
      known.push(line.means);
      compare();
      return Promise.resolve(line.seconds);
    },
    peer: {
      name: "pyqlib",
      run: () => {
        market();
        const line = runPeer("features_qlib.py", ["--folder", join(folder, "qlib"), "--processes", String(workers)]);
        if (isNotRun(line)) return Promise.resolve(line);
        theirs.push(line);
        compare();
        return Promise.resolve(line["seconds"] as number);
      },
    },
  };
}

function kernelCase(kernel: string, engine: "talib" | "pandas", bars: number, series: number): BenchCase {
  return {
    name: `${kernel}, ${series} x ${bars} bars`,
    unit: "s",
    ours: () => Promise.resolve(runOurs<{ seconds: number }>(SERIES, ["kernel", kernel, String(bars), String(series)]).seconds),
    peer: {
      name: engine,
      run: (): Promise<number | NotRun> => {
        const line = runPeer("features_series.py", [
          "--engine",
          engine,
          "--kernel",
          kernel,
          "--bars",
          String(bars),
          "--series",
          String(series),
        ]);
        return Promise.resolve(isNotRun(line) ? line : (line["seconds"] as number));
      },
    },
  };
}

const kernels: readonly (readonly [kernel: string, engine: "talib" | "pandas"])[] = [
  ["sma", "talib"],
  ["ema", "talib"],
  ["rsi", "talib"],
  ["stddev", "talib"],
  ["correl", "talib"],
  ["sma", "pandas"],
  ["stddev", "pandas"],
  ["correl", "pandas"],
  ["max", "pandas"],
  ["quantile", "pandas"],
  ["rank", "pandas"],
];

/** Microseconds per instrument and moment: a flat line over the number of instruments is linear cost. */
function scaling(instruments: number): BenchCase {
  return {
    name: `Alpha158, ${instruments} instruments: per instrument and moment`,
    unit: "us",
    ours: () => Promise.resolve(runOurs<StreamLine>(STREAM, [String(instruments), "alpha158", "100"]).p50 / instruments),
  };
}

/** Seconds per thousand moments, and peak memory, over more and more data. */
function length(bars: number): BenchCase[] {
  const ahead: number[] = [];
  const measure = (): { seconds: number; mb: number } => runOurs(SERIES, ["memory", String(bars)]);
  const name = `Alpha158, 50 instruments x ${bars} moments, frames let go`;
  return [
    {
      name: `${name}: 1,000 moments`,
      unit: "s",
      ours: () => {
        const { seconds, mb } = measure();
        ahead.push(mb);
        return Promise.resolve((1000 * seconds) / bars);
      },
    },
    { name: `${name}: peak memory`, unit: "MB", ours: () => Promise.resolve(ahead.shift() ?? measure().mb) },
  ];
}

export const bench: Bench = {
  cases: [
    ...streamCases("all registered", "all", 1, 2000),
    ...streamCases("500 of them", "500", 1, 2000),
    ...streamCases("Alpha158", "alpha158", 1, 2000),
    ...streamCases("all registered", "all", 2000, 40),
    ...streamCases("500 of them", "500", 2000, 40),
    ...streamCases("Alpha158", "alpha158", 2000, 40),
    batchCase(2),
    ...kernels.map(([kernel, engine]) => kernelCase(kernel, engine, 200_000, 1)),
    ...kernels.map(([kernel, engine]) => kernelCase(kernel, engine, 2_000, 500)),
    ...[125, 500, 2000, 8000].map(scaling),
    ...[2_000, 20_000].flatMap(length),
  ],
};
