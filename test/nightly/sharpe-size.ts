// Size of the tests of Sharpe ratios under GARCH with t(4) shocks and autocorrelation: the tables of docs/guide/trials.md.
// Run after a build: node dist/test/nightly/sharpe-size.js [repetitions, 10,000 by default] [seed]. About two minutes.
import { deflatedSizesOf, sizesOf } from "#test/fixtures/sharpe-size.js";

const repetitions = Number(process.argv[2] ?? 10_000);
const seed = process.argv[3] ?? "table";
const percent = (share: number): string => (100 * share).toFixed(2);

console.log("| sessions | autocorrelation | true ratio | probabilistic | robust |");
console.log("|---|---|---|---|---|");
for (const sessions of [250, 1000, 2500])
  for (const ar of [-0.1, 0, 0.1, 0.2])
    for (const sharpe of [0, 1]) {
      const { plain, robust } = sizesOf({ sessions, ar, sharpe }, repetitions, seed);
      console.log(`| ${sessions} | ${ar} | ${sharpe} | ${percent(plain)} | ${percent(robust)} |`);
    }
console.log("");
console.log("| sessions | trials | autocorrelation | deflated as published | robust |");
console.log("|---|---|---|---|---|");
for (const sessions of [250, 1000, 2500])
  for (const trials of [10, 100])
    for (const ar of [0, 0.1]) {
      const { plain, robust } = deflatedSizesOf({ sessions, ar, sharpe: 0 }, trials, Math.ceil(repetitions / trials) * 5, seed);
      console.log(`| ${sessions} | ${trials} | ${ar} | ${percent(plain)} | ${percent(robust)} |`);
    }
