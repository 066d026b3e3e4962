// Process test: the thread runs the build.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const file = (path: string): string => JSON.stringify(new URL(`../../dist/src/${path}`, import.meta.url).href);

it("a problem solved on another thread has the answer of this one, the last one started counts, and a refusal is told", () => {
  const script = `
    const { openSolverThread } = await import(${file("app/solver/solver-thread.js")});
    const { meanVariance } = await import(${file("portfolio/optimization/mean-variance.js")});
    const problem = (riskAversion) => ({ risk: { names: 2, values: Float64Array.of(4e-4, 1e-4, 1e-4, 2e-4) }, expectedReturn: [1e-3, 2e-4], riskAversion, limits: { low: 0, high: 1, budget: { low: 1, high: 1 } } });
    const thread = openSolverThread();
    const same = (a, b) => JSON.stringify([...a.weights]) === JSON.stringify([...b.weights]) && a.objective === b.objective;
    thread.start(problem(1)); thread.start(problem(9));
    const first = same(thread.finish(), meanVariance(problem(9)));
    thread.start(problem(4));
    const second = same(thread.finish(), meanVariance(problem(4)));
    thread.start(problem(-1));
    let refused = "";
    try { thread.finish(); } catch (error) { refused = error.message; }
    console.log(JSON.stringify({ first, second, refused }));
    await thread.close();`;
  const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", script], {
    encoding: "utf8",
    cwd: fileURLToPath(new URL("../..", import.meta.url)),
  });
  expect(stderr).toBe("");
  expect(JSON.parse(stdout)).toEqual({ first: true, second: true, refused: "The risk aversion is -1: give a number above 0." });
});
