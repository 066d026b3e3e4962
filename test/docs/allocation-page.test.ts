// The page on allocation: its example runs against the library, and its tables hold every rule and every covariance.
import { runInThisContext } from "node:vm";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import * as library from "#index.js";
import { covarianceNames, ruleNames } from "#portfolio/weight-rule.js";
import { fences, page, tableRows } from "./markdown.js";

const PAGE = page("docs/guide/allocation.md");

describe("docs/guide/allocation.md", () => {
  it("has an example that runs", () => {
    const example = fences(PAGE).find(({ words }) => words.includes("library"))?.code ?? "";
    const [line, names] = /^import \{ (.*) \} from "truewind";$/m.exec(example) as unknown as [string, string];
    const body = `(({ ${names} }, console) => {\n${example.replace(line, "")}\n})`;
    const said: unknown[] = [];
    const compiled = ts.transpileModule(body, { compilerOptions: { target: ts.ScriptTarget.ES2023 } });
    const run = runInThisContext(compiled.outputText) as (given: typeof library, console: { log(...words: unknown[]): void }) => void;
    run(library, { log: (...words) => said.push(...words) });
    const [parity, spread, own, shrinkage] = said as [Float64Array, Float64Array, Float64Array, number];
    expect(parity).toHaveLength(3);
    expect(Math.max(...spread)).toBeLessThanOrEqual(0.6);
    expect(own[1]).toBeCloseTo(2 / 3, 12);
    expect(shrinkage).toBeGreaterThan(0);
  });

  it("tells of every rule and every covariance, and names functions that there are", () => {
    const rows = tableRows(PAGE);
    const first = rows.map(([name]) => name?.replaceAll("`", ""));
    expect(first).toEqual(expect.arrayContaining([...ruleNames, ...covarianceNames]));
    for (const [name, , called] of rows) {
      const code = /^`(\w+)`/.exec(called ?? "")?.[1];
      if (/^`[a-z-]+`$/.test(name ?? "") && code !== undefined) expect(library).toHaveProperty(code);
    }
  });
});
