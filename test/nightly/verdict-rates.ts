// Measures the verdict's rates on 100 fresh markets per strength: the table of docs/guide/verdict.md.
// Run after a build: node dist/test/nightly/verdict-rates.js [markets per strength, 100 by default] [first seed]. About two seconds a market.
import { type VerdictTrial, verdictTrial } from "#test/fixtures/verdict-rates.js";

const markets = Number(process.argv[2] ?? 100);
const prefix = process.argv[3] ?? "verdict-rates";

const average = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

console.log("| planted | markets | edge | not enough evidence | no edge | oracle's net Sharpe (s.e.) | strategy's net Sharpe |");
console.log("|---|---|---|---|---|---|---|");
for (const oracle of [0, 1, 2] as const) {
  const trials: VerdictTrial[] = [];
  for (let i = 0; i < markets; i++) {
    trials.push(await verdictTrial(`${prefix}/${i}`, oracle));
    if (process.stderr.isTTY) process.stderr.write(`\roracle ${oracle}: ${i + 1} of ${markets} `);
  }
  const share = (decision: VerdictTrial["decision"]): number => trials.filter((trial) => trial.decision === decision).length;
  const sharpes = trials.map((trial) => trial.oracle);
  const centre = average(sharpes);
  const error = Math.sqrt(average(sharpes.map((s) => (s - centre) ** 2)) / trials.length);
  const planted = oracle === 0 ? "nothing" : `oracle Sharpe ${oracle}`;
  console.log(
    `| ${planted} | ${markets} | ${share("edge")} | ${share("not enough evidence")} | ${share("no edge")} | ${centre.toFixed(2)} (${error.toFixed(2)}) | ${average(trials.map((t) => t.strategy)).toFixed(2)} |`,
  );
}
