// The tests that tell skill from search, beside the Python packages of the same tests: equal data, draws and block lengths, in interleaved
// rounds. Each Python side is one process that stays. Scaling: the same search on 1 thread and on every core.
import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { createRng } from "#base/rng.js";
import { bootstrapInterval, type Statistic } from "#research/inference/bootstrap/interval.js";
import { modelConfidenceSet } from "#research/inference/forecasts/confidence-set.js";
import { excessOver } from "#research/inference/snooping/excess.js";
import { superiorAbility } from "#research/inference/snooping/superior-ability.js";
import { cscv } from "#research/overfitting/cscv.js";
import { deflatedSharpe } from "#research/sharpe/expected-maximum.js";
import { type SharpeMoments, sharpeMoments } from "#research/sharpe/moments.js";
import { mean, standardDeviation } from "#research/metrics/long-run-variance.js";
import type { Bench, BenchCase, NotRun } from "./contract.js";
import { PEERS } from "./peer.js";
import { openPeer, type PeerProcess } from "./peer-process.js";
import { splitCases } from "./truth-splits.js";

const DRAWS = 10_000;
const STRATEGIES = 1000;
const DAYS = 2500;
const BLOCK = 10;

/** Daily returns of strategies that know nothing, with a market in common. */
function noise(days: number, strategies: number): readonly Float64Array[] {
  const rng = createRng("truth");
  const market = Float64Array.from({ length: days }, () => 0.01 * rng.normal());
  return Array.from({ length: strategies }, () => market.map((m) => 0.5 * m + 0.01 * rng.normal()));
}

let running: PeerProcess | undefined;

/** Seconds that the peer took for one request, or why it did not. */
async function askPython(request: object): Promise<number | NotRun> {
  const python = `${PEERS}.venv/bin/python`;
  if (!existsSync(python)) return { notRun: "no Python environment; make it with bench/peers/setup.sh" };
  const answer = await (running ??= openPeer(python, [`${PEERS}truth.py`])).ask(request);
  return "notRun" in answer ? (answer as NotRun) : (answer["s"] as number);
}

/** Seconds of one round of ours. */
async function seconds(work: () => unknown): Promise<number> {
  const start = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - start) / 1e9;
}

function searchCases(): readonly BenchCase[] {
  let excess: ReturnType<typeof excessOver> | undefined;
  const ours = (threads: number) => async (): Promise<number> => {
    excess ??= excessOver(null, noise(DAYS, STRATEGIES));
    return seconds(() =>
      superiorAbility(excess as NonNullable<typeof excess>, { resampling: createRng("draws"), draws: DRAWS, blockLength: BLOCK, threads }),
    );
  };
  const peer = { name: "arch", run: () => askPython({ do: "spa", days: DAYS, strategies: STRATEGIES, draws: DRAWS, block: BLOCK }) };
  const size = `SPA, ${STRATEGIES} strategies x ${DAYS} days, ${DRAWS} draws`;
  const cores = availableParallelism();
  return [
    { name: `${size}, 1 thread`, unit: "s", ours: ours(1), peer },
    ...(cores > 1 ? [{ name: `${size}, ${cores} threads`, unit: "s" as const, ours: ours(cores) }] : []),
  ];
}

const SEARCHED = 100;

/** Both from daily returns, which are there before the clock starts. */
function choiceCases(): readonly BenchCase[] {
  let few: readonly Float64Array[] | undefined;
  let many: readonly Float64Array[] | undefined;
  return [
    {
      name: `CSCV, 16 blocks, ${SEARCHED} strategies x ${DAYS} days`,
      unit: "s",
      ours: () => {
        const series = (few ??= noise(DAYS, SEARCHED));
        return seconds(() => cscv(series));
      },
      peer: { name: "NumPy", run: () => askPython({ do: "cscv", days: DAYS, strategies: SEARCHED, blocks: 16 }) },
    },
    {
      name: `${STRATEGIES} deflated Sharpe ratios, ${DAYS} days each`,
      unit: "s",
      ours: () => {
        const series = (many ??= noise(DAYS, STRATEGIES));
        return seconds(() => series.map((returns) => deflatedSharpe(sharpeMoments(returns) as SharpeMoments, STRATEGIES, 1 / DAYS)));
      },
      peer: { name: "NumPy, SciPy", run: () => askPython({ do: "deflated", days: DAYS, strategies: STRATEGIES }) },
    },
  ];
}

/** Two sides on the same size of work. */
function beside(name: string, ours: () => unknown, request: object): BenchCase {
  return { name, unit: "s", ours: () => seconds(ours), peer: { name: "arch", run: () => askPython(request) } };
}

function bootstrapCases(): readonly BenchCase[] {
  const [returns] = noise(DAYS, 1) as [Float64Array];
  const sharpe: Statistic = ([series]) => mean(series as Float64Array) / standardDeviation(series as Float64Array);
  const options = { draws: DRAWS, blockLength: BLOCK };
  const losses = noise(1000, 20).map((series) => series.map((value) => value * value));
  return [
    beside(
      `interval of a Sharpe ratio, ${DAYS} days, ${DRAWS} draws`,
      () => bootstrapInterval([returns], sharpe, { ...options, resampling: createRng("draws") }),
      { do: "interval", days: DAYS, draws: DRAWS, block: BLOCK },
    ),
    ...(["range", "max"] as const).map((statistic) =>
      beside(
        `model confidence set (${statistic}), 20 models x 1000 days, 5000 draws`,
        () => modelConfidenceSet(losses, { statistic, draws: 5000, blockLength: BLOCK, resampling: createRng("draws") }),
        { do: "set", days: 1000, models: 20, draws: 5000, block: BLOCK, statistic },
      ),
    ),
  ];
}

export const bench: Bench = { cases: [...splitCases(askPython), ...searchCases(), ...bootstrapCases(), ...choiceCases()] };
