// A thousand strategies searched, 200 times on fresh seeds: the table of docs/guide/trials.md.
// Run after a build: node dist/test/nightly/search-rates.js [searches, 200 by default] [strategies] [sessions] [seed] [number of the first]. About half a second a search.
import { type Searched, search } from "#test/fixtures/search.js";

const [searches, strategies, sessions] = [Number(process.argv[2] ?? 200), Number(process.argv[3] ?? 1000), Number(process.argv[4] ?? 1512)];
const prefix = process.argv[5] ?? "search-rates";
/** Parts of one table may run apart. */
const first = Number(process.argv[6] ?? 0);
const planted = [1, 2, 3];
/** Searches whose strategies are all compared with each other, which takes most of the time; the others take all as independent. */
const COMPARED = 4;

const found: Searched[][] = Array.from({ length: planted.length + 1 }, () => []);
for (let i = first; i < first + searches; i++) {
  search(`${prefix}/${i}`, { strategies, sessions, planted, compare: i < COMPARED }).forEach((one, k) => found[k]?.push(one));
  if (process.stderr.isTTY) process.stderr.write(`\r${i - first + 1} of ${searches} `);
}

const average = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
const share = (all: readonly Searched[], is: (one: Searched) => boolean): string =>
  `${((100 * all.filter(is).length) / all.length).toFixed(1)}%`;

console.log(
  `${searches} searches of ${strategies} strategies over ${sessions} sessions; effective number ${average((found[0] ?? []).slice(0, COMPARED).map((one) => one.effective)).toFixed(1)} in those compared`,
);
console.log("");
console.log(
  "| planted ratio | best Sharpe ratio seen | luck expects | a worthless one is called an edge: alone | with all trials counted | and deflated | the planted one is found: with all trials counted | and deflated |",
);
console.log("|---|---|---|---|---|---|---|---|");
found.forEach((all, k) => {
  const cells = [
    k === 0 ? "nothing" : String(planted[k - 1]),
    average(all.map((one) => one.best)).toFixed(2),
    average(all.map((one) => one.luck)).toFixed(2),
    share(all, (one) => one.falseAlone > 0),
    share(all, (one) => one.falseEdges > 0),
    share(all, (one) => one.falseEdgesDeflated > 0),
    k === 0 ? "" : share(all, (one) => one.found),
    k === 0 ? "" : share(all, (one) => one.foundDeflated),
  ];
  console.log(`| ${cells.join(" | ")} |`);
});
