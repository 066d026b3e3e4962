// Optimizers beside cvxpy with Clarabel and beside skfolio: the same random problems, drawn on both sides from one number by whole-number
// arithmetic, built and solved within the clock. A round in which the objectives differ by more than 1e-5 of their size throws.
import { existsSync } from "node:fs";
import { returnsPanel } from "#portfolio/covariance/panel.js";
import { sampleCovariance } from "#portfolio/covariance/sample.js";
import { meanCvar } from "#portfolio/optimization/mean-cvar.js";
import { meanVariance } from "#portfolio/optimization/mean-variance.js";
import type { OptimizedPortfolio } from "#portfolio/optimization/portfolio-problem.js";
import type { Bench, BenchCase, NotRun } from "./contract.js";
import { PEERS } from "./peer.js";
import { type PeerProcess, openPeer } from "./peer-process.js";

type Kind = "factor" | "dense" | "impact" | "minimum-variance" | "minimum-cvar";

interface Size {
  readonly kind: Kind;
  readonly names: number;
  readonly sessions: number;
}

const WARM = 5;
const [FACTORS, COST, TURNOVER, AVERSION] = [20, 0.001, 0.4, 5];
/** A market impact far above the other costs, on every name, and the holdings that are left for others. */
const [IMPACT, HELD] = [0.05, 20];

/** Lehmer's generator, as bench/peers/optimize.py. */
function drawOf(seed: number): { next: () => number; bell: () => number } {
  let state = seed;
  const next = (): number => (state = (state * 48271) % 2147483647) / 2147483647;
  return { next, bell: () => next() + next() + next() + next() - 2 };
}

function problemOf({ kind, names, sessions }: Size): () => OptimizedPortfolio {
  const { next, bell } = drawOf(12345);
  const limits = { low: 0, high: 0.1, budget: { low: 1, high: 1 } };
  if (kind === "minimum-variance" || kind === "minimum-cvar") {
    const market = Array.from({ length: sessions }, () => 0.01 * bell());
    const panel = returnsPanel(Array.from({ length: names }, () => market.map((move) => move + 0.012 * bell())));
    return kind === "minimum-cvar"
      ? () => meanCvar({ scenarios: panel, level: 0.95, riskAversion: 1, limits })
      : () => meanVariance({ risk: sampleCovariance(panel), riskAversion: 2, limits });
  }
  const exposures = Float64Array.from({ length: names * FACTORS }, (_, at) => (at % FACTORS === 0 ? 1 + 0.3 * bell() : 0.5 * bell()));
  const factorCovariance = new Float64Array(FACTORS * FACTORS);
  for (let k = 0; k < FACTORS; k++) factorCovariance[k * (FACTORS + 1)] = k === 0 ? 1e-4 : 2e-5;
  const own = Float64Array.from({ length: names }, () => 1e-4 * (1 + next()));
  const expectedReturn = Float64Array.from({ length: names }, () => 0.003 * bell());
  const common = {
    expectedReturn,
    riskAversion: AVERSION,
    held: new Float64Array(names).fill(1 / names),
    costs: { buy: COST, sell: COST },
    limits: { ...limits, turnover: TURNOVER },
  };
  const risk = { names, factors: FACTORS, exposures, factorCovariance, own };
  if (kind === "factor") return () => meanVariance({ ...common, risk });
  if (kind === "impact") {
    const held = Float64Array.from({ length: names }, (_, i) => (i < HELD ? 1 / HELD : 0));
    return () => meanVariance({ ...common, risk, held, costs: { ...common.costs, impact: IMPACT }, limits });
  }
  const values = new Float64Array(names * names);
  for (let i = 0; i < names; i++)
    for (let j = 0; j < names; j++) {
      let sum = i === j ? (own[i] as number) : 0;
      for (let k = 0; k < FACTORS; k++)
        sum +=
          (exposures[i * FACTORS + k] as number) * (factorCovariance[k * (FACTORS + 1)] as number) * (exposures[j * FACTORS + k] as number);
      values[i * names + j] = sum;
    }
  return () => meanVariance({ ...common, risk: { names, values } });
}

let running: PeerProcess | undefined;

async function theirs(size: Size, by: "cvxpy" | "skfolio", objective: () => number): Promise<number | NotRun> {
  const python = `${PEERS}.venv/bin/python`;
  if (!existsSync(python)) return { notRun: "no Python environment; make it with bench/peers/setup.sh" };
  const answer = await (running ??= openPeer(python, [`${PEERS}optimize.py`])).ask({ ...size, by });
  if (typeof answer["notRun"] === "string") return { notRun: answer["notRun"] };
  const { seconds, objective: found } = answer as { seconds: number; objective: number };
  const ours = objective();
  if (Math.abs(ours - found) > 1e-5 * Math.abs(found)) throw new Error(`${size.kind}: ours found ${ours} and ${by} ${found}`);
  return seconds;
}

/** `by` null: nobody else takes the same problem. */
function benchCase(name: string, size: Size, by: "cvxpy" | "skfolio" | null): BenchCase {
  let solve: (() => OptimizedPortfolio) | undefined;
  let objective = Number.NaN;
  const once = (): number => {
    if (solve === undefined) {
      solve = problemOf(size);
      // Out of the clock: a running engine has compiled these loops long ago.
      for (let time = 0; time < WARM; time++) solve();
    }
    const begin = performance.now();
    const found = solve();
    const seconds = (performance.now() - begin) / 1000;
    if (found.status !== "optimal") throw new Error(`${name}: ${found.status}`);
    ({ objective } = found);
    return seconds;
  };
  const ours: BenchCase = { name, unit: "s", ours: () => Promise.resolve(once()) };
  if (by === null) return ours;
  return {
    ...ours,
    peer: {
      name: by === "cvxpy" ? "cvxpy with Clarabel" : "skfolio",
      run: () => theirs(size, by, () => (Number.isNaN(objective) ? (once(), objective) : objective)),
    },
  };
}

export const bench: Bench = {
  cases: [
    benchCase("500 names, 20 factors, costs and turnover", { kind: "factor", names: 500, sessions: 0 }, "cvxpy"),
    benchCase("500 names, dense, costs and turnover", { kind: "dense", names: 500, sessions: 0 }, "cvxpy"),
    benchCase("500 names, 20 factors, impact on each, from 20 holdings", { kind: "impact", names: 500, sessions: 0 }, null),
    benchCase("2,000 names, 20 factors, costs and turnover", { kind: "factor", names: 2000, sessions: 0 }, "cvxpy"),
    benchCase("least variance, 100 names, 504 sessions", { kind: "minimum-variance", names: 100, sessions: 504 }, "skfolio"),
    benchCase("least CVaR, 100 names, 1,000 scenarios", { kind: "minimum-cvar", names: 100, sessions: 1000 }, "cvxpy"),
    benchCase("the same by skfolio", { kind: "minimum-cvar", names: 100, sessions: 1000 }, "skfolio"),
  ],
};
