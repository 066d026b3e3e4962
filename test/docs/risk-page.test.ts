// The page on measures of risk: its example runs against the library.
import { expect, it } from "vitest";
import { runExample } from "./library-example.js";
import { page } from "./markdown.js";

interface Tail {
  readonly valueAtRisk: number;
  readonly expectedShortfall: number;
}

it("docs/guide/risk-measures.md has an example that runs and whose parts add up", async () => {
  const said = await runExample(page("docs/guide/risk-measures.md"));
  const [plain, week, , whole, parts, normal] = said as [Tail, Tail, Tail | null, number, readonly number[], number];
  expect(plain.expectedShortfall).toBeGreaterThan(plain.valueAtRisk);
  expect(week.valueAtRisk).toBeGreaterThan(plain.valueAtRisk);
  expect(parts.reduce((a, b) => a + b)).toBeCloseTo(whole, 12);
  expect(normal).toBeGreaterThan(0);
});
