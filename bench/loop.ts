// A second of the whole paper loop over 2,000 instruments, and the way of one tick to its signal by stage. There is no peer: none of the
// platforms compared has features, trees, portfolio, risk and journal in one loop.
import type { Bench, BenchCase, Unit } from "./contract.js";
import { runOurs } from "./features-process.js";
import type { LoopLine } from "./loop-run.js";

const PROGRAM = new URL("./loop-run.js", import.meta.url);

/** Several figures of the same runs: the first case of a round makes the run, the others read it. */
function runCases(
  what: string,
  args: readonly string[],
  figures: Readonly<Record<string, [unit: Unit, of: (line: LoopLine) => number]>>,
): BenchCase[] {
  const names = Object.keys(figures);
  const waiting = new Map<string, LoopLine[]>(names.map((name) => [name, []]));
  return Object.entries(figures).map(([name, [unit, of]]) => ({
    name: `${what}: ${name}`,
    unit,
    ours: () => {
      let line = waiting.get(name)?.shift();
      if (line === undefined) {
        line = runOurs<LoopLine>(PROGRAM, args);
        for (const other of names) if (other !== name) waiting.get(other)?.push(line);
      }
      return Promise.resolve(of(line));
    },
  }));
}

const stage = (name: string, which: "p50" | "p99"): [Unit, (line: LoopLine) => number] => [
  "us",
  ({ stages }) => 1000 * (stages[name]?.[which] ?? Number.NaN),
];

export const bench: Bench = {
  cases: [
    ...runCases("2,000 instruments, 600 s", ["2000", "600"], {
      "a step, p50": ["ms", ({ p50 }) => p50],
      "a step, p99": ["ms", ({ p99 }) => p99],
      "a step, worst": ["ms", ({ worst }) => worst],
      memory: ["MB", ({ peakMb }) => peakMb],
    }),
    ...runCases("one instrument, tick to signal", ["1", "3000"], {
      "features, p50": stage("features", "p50"),
      "features, p99": stage("features", "p99"),
      "inference, p50": stage("inference", "p50"),
      "inference, p99": stage("inference", "p99"),
      "signal to target, p50": stage("portfolio", "p50"),
      "signal to target, p99": stage("portfolio", "p99"),
    }),
  ],
};
