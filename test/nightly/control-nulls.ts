// How near the nulls of a dataset come to it, and what an oracle linear predictor finds in them: the tables of docs/guide/controls.md.
// Run after a build: node dist/test/nightly/control-nulls.js WORKSPACE DATASET [draws, 5 by default] [every n-th name, 1 by default] [kinds]
import { openWorkspace } from "#app/config/workspace.js";
import { parseExperiment } from "#app/config/experiment.js";
import { openUniverse, windowOf } from "#app/modes/universe.js";
import { type Rng, createRng } from "#base/rng.js";
import { openDataset } from "#data/lake/open-dataset.js";
import type { Instrument } from "#domain/instrument.js";
import { drawNull } from "#research/controls/draw-null.js";
import { fitMarket } from "#research/controls/market-fit.js";
import { type Moves, readMarketMoves } from "#research/controls/market-moves.js";
import { NULL_KINDS, type NullKind, nullKinds } from "#research/controls/null-kind.js";
import { type OracleFinding, type OracleFindings, findLinear } from "#research/controls/oracle-predictor.js";
import { correlation, mean } from "#test/reference/market/stylised-facts.js";

const [folder = ".truewind", name = "", drawn = "5", every = "1", only = ""] = process.argv.slice(2);
const draws = Number(drawn);
const kinds = only === "" ? nullKinds : nullKinds.filter((kind) => only.split(",").includes(kind));
const experiment = parseExperiment({ name: "nulls", data: { dataset: name } }, "the measurement");
const dataset = await openDataset(openWorkspace(folder).lake, name);
const universe = openUniverse(experiment, dataset);
const places = universe.instruments.map((_, i) => i).filter((i) => i % Number(every) === 0);
const instruments = places.map((i) => (universe.instruments[i] as Instrument).id);
const tradable = Uint8Array.from(places, (i) => universe.tradable[i] as number);
const names = instruments.length;
const moves = await readMarketMoves(dataset.source({ ...windowOf(universe), instruments }), {
  sessions: universe.sessions,
  names,
  references: dataset.references({ instruments }),
});
const since = Date.now();
const fit = fitMarket(moves, tradable);
process.stderr.write(`${names} names, ${universe.sessions.length} sessions, fitted in ${(Date.now() - since) / 1000} s\n`);

/** Names compared: those with a bar in every session. */
const whole = Array.from({ length: names }, (_, i) => i).filter(
  (i) => tradable[i] === 1 && universe.sessions.every((_, t) => t === 0 || moves.present[t * names + i] === 1),
);

const rngOf = (kind: NullKind, draw: string): Rng => createRng(`controls/control/${kind}`).fork(draw);

function autocorrelation(x: Float64Array, lag: number): number {
  return correlation(x.subarray(0, x.length - lag), x.subarray(lag));
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

function facts({ move, surprise }: Moves): readonly number[] {
  const series = whole.map((i) => Float64Array.from(universe.sessions.slice(1), (_, t) => move[(t + 1) * names + i] as number));
  const squares = series.map((x) => x.map((value) => value * value));
  const absolute = series.map((x) => x.map(Math.abs));
  const kurtosis = (x: Float64Array): number => {
    const centre = mean(x);
    const square = mean(x.map((value) => (value - centre) ** 2));
    return mean(x.map((value) => (value - centre) ** 4)) / square ** 2;
  };
  const pairs: number[] = [];
  for (let a = 0; a < series.length; a += 7)
    for (let b = a + 3; b < series.length; b += 11) pairs.push(correlation(series[a] as Float64Array, series[b] as Float64Array));
  const market = Float64Array.from(series[0] as Float64Array, (_, t) => mean(series.map((x) => x[t] as number)));
  const volume = whole.map((i) =>
    Float64Array.from(universe.sessions.slice(1), (_, t) => Math.log1p(surprise[(t + 1) * names + i] as number)),
  );
  return [
    100 * median(series.map((x) => Math.sqrt(mean(x.map((value) => value * value))))),
    median(series.map(kurtosis)),
    kurtosis(market),
    ...[1, 5, 20].map((lag) => median(squares.map((x) => autocorrelation(x, lag)))),
    ...[1, 5, 20].map((lag) => median(absolute.map((x) => autocorrelation(x, lag)))),
    median(series.map((x) => autocorrelation(x, 1))),
    mean(pairs),
    median(absolute.map((x, k) => correlation(x, volume[k] as Float64Array))),
  ];
}

const columns = [
  "volatility, %",
  "kurtosis",
  "kurtosis, market",
  "squares, lag 1",
  "5",
  "20",
  "sizes, lag 1",
  "5",
  "20",
  "returns, lag 1",
  "correlation",
  "volume with size",
];
const cells = (values: readonly number[]): string => values.map((value) => value.toFixed(3)).join(" | ");
console.log(`| ${name}, ${whole.length} names | ${columns.join(" | ")} |`);
console.log(`|---|${columns.map(() => "---|").join("")}`);
console.log(`| real | ${cells(facts(moves))} |`);
for (const kind of kinds) {
  const all = Array.from({ length: draws }, (_, d) => facts(drawNull(kind, fit, rngOf(kind, `facts/${d}`))));
  console.log(`| ${NULL_KINDS[kind].title.toLowerCase()} | ${cells(columns.map((_, c) => mean(all.map((row) => row[c] as number))))} |`);
}
const score = ({ tStat, strength }: OracleFinding): string => `${strength.toFixed(4)} | ${tStat.toFixed(2)}`;
const finding = (label: string, { names: across, market }: OracleFindings): void =>
  console.log(`| ${label} | ${score(across)} | ${market.tStat.toFixed(2)} |`);
console.log("\n| one market each | oracle's mean IC across names | t | t of the market's direction |");
console.log("|---|---|---|---|");
finding("real", findLinear(moves, names, tradable));
for (const kind of kinds)
  for (let d = 0; d < draws; d++)
    finding(NULL_KINDS[kind].title.toLowerCase(), findLinear(drawNull(kind, fit, rngOf(kind, `proof/${d}`)), names, tradable));
