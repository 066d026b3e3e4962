// Every measure of risk on eleven years of real daily returns, judged by its violations: the tables of docs/guide/risk-measures.md.
// Run after a build, in the repository's folder: node dist/test/nightly/var-backtests.js [window in sessions, 500 by default] [methods by name, with
// commas; all by default] [histories drawn for the tests of shortfall, 499 by default]. Some minutes.
import { existsSync } from "node:fs";
import { type Forecast, type Forecaster, riskForecasters } from "#test/fixtures/risk-forecasters.js";
import { type RealPortfolio, realPortfolios } from "#test/fixtures/real-portfolios.js";
import { createRng } from "#base/rng.js";
import { type AcerbiSzekely, acerbiSzekely } from "#risk/backtests/acerbi-szekely.js";
import { type Christoffersen, christoffersen } from "#risk/backtests/christoffersen.js";
import { type Kupiec, kupiec } from "#risk/backtests/kupiec.js";
import { violationsOf } from "#risk/backtests/violations.js";
import { compounded } from "#risk/measures/historical.js";
import { have } from "#test/needs.js";

const window = Number(process.argv[2] ?? 500);
const only = process.argv[3] ?? "";
const histories = Number(process.argv[4] ?? 499);
const methods = riskForecasters.filter(({ name }) => only === "" || only.split(",").includes(name));
const LEVELS = [0.95, 0.99];
const HORIZONS = [1, 5];
const SMALL = 0.01;

interface Judged {
  readonly coverage: Kupiec;
  readonly markov: Christoffersen;
  readonly shortfall: AcerbiSzekely;
  /** Forecasts that the method could not make; they are left out. */
  readonly missing: number;
}

function judge({ create, name }: Forecaster, portfolio: RealPortfolio, horizon: number): readonly Judged[] {
  const forecast = create();
  const rng = createRng(`var-backtests/${portfolio.name}/${name}/${horizon}`);
  const outcomes: number[] = [];
  const forecasts: Forecast[] = [];
  for (let to = window; to + horizon <= portfolio.returns.length; to += horizon) {
    forecasts.push(forecast({ portfolio, from: to - window, to, horizon, rng }));
    outcomes.push(compounded(portfolio.returns.subarray(to, to + horizon), horizon)[0] as number);
  }
  return LEVELS.map((level) => {
    const made = forecasts.flatMap((one, t) => {
      const risk = one.risk(level);
      return risk === null ? [] : [{ one, risk, outcome: outcomes[t] as number }];
    });
    const series = {
      outcomes: Float64Array.from(made, ({ outcome }) => outcome),
      valueAtRisk: Float64Array.from(made, ({ risk }) => risk.valueAtRisk),
      expectedShortfall: Float64Array.from(made, ({ risk }) => risk.expectedShortfall),
    };
    const violations = violationsOf(series.outcomes, series.valueAtRisk);
    const draw = (t: number): number => (made[t] as (typeof made)[number]).one.draw(rng, level);
    return {
      coverage: kupiec(violations, level),
      markov: christoffersen(violations, level),
      shortfall: acerbiSzekely({ level, ...series, draw }, { histories, rng }),
      missing: forecasts.length - made.length,
    };
  });
}

const figure = (p: number): string => (p < 0.001 ? "<.001" : p.toFixed(3).replace(/^0/, ""));
const cell = ({ coverage, markov, missing }: Judged): string =>
  `${coverage.violations}${missing > 0 ? ` of ${coverage.observations}` : ""} (${figure(coverage.pValue)}, ${figure(markov.conditionalCoverage.pValue)})`;

const folder = "../shared/data/us_equity_daily_2005_2017/";
if (have("shared-data", existsSync(folder), `there is no ${folder} beside the repository, where this is run`)) {
  const portfolios = realPortfolios(folder);
  console.log(`Violations (p of their number, p of number and independence); windows of ${window} sessions\n`);
  console.log(`| sessions ahead | level | portfolio | expected | ${methods.map(({ name }) => name).join(" | ")} |`);
  console.log(`|---|---|---|---|${methods.map(() => "---|").join("")}`);
  const summary: string[] = [];
  for (const horizon of HORIZONS) {
    const since = Date.now();
    const all = portfolios.map((portfolio) => methods.map((method) => judge(method, portfolio, horizon)));
    process.stderr.write(`${horizon} ahead: ${(Date.now() - since) / 1000} s\n`);
    LEVELS.forEach((level, l) => {
      portfolios.forEach(({ name }, p) => {
        const row = (all[p] as (readonly Judged[])[]).map((judged) => judged[l] as Judged);
        const expected = Math.floor((portfolios[p] as RealPortfolio).returns.length - window) / horizon;
        console.log(
          `| ${horizon} | ${level} | ${name} | ${(Math.floor(expected) * (1 - level)).toFixed(1)} | ${row.map(cell).join(" | ")} |`,
        );
      });
      methods.forEach(({ name }, m) => {
        const column = all.map((row) => (row[m] as readonly Judged[])[l] as Judged);
        const rejected = (pValue: (one: Judged) => number | null): string =>
          String(column.filter((one) => (pValue(one) ?? 1) < SMALL).length);
        const share =
          column.reduce((sum, { coverage }) => sum + coverage.violations, 0) /
          column.reduce((sum, { coverage }) => sum + coverage.observations, 0);
        const cells = [
          `${horizon}`,
          `${level}`,
          name,
          `${(100 * share).toFixed(2)}%`,
          rejected(({ coverage }) => coverage.pValue),
          rejected(({ markov }) => markov.independence.pValue),
          rejected(({ markov }) => markov.conditionalCoverage.pValue),
          rejected(({ shortfall }) => shortfall.conditional.pValue),
          rejected(({ shortfall }) => shortfall.unconditional.pValue),
        ];
        summary.push(`| ${cells.join(" | ")} |`);
      });
    });
  }
  console.log(`\nOf ${portfolios.length} portfolios, rejected at p < ${SMALL}\n`);
  console.log("| sessions ahead | level | method | violations | number | independence | both | shortfall: size | size and number |");
  console.log(`|---|---|---|---|---|---|---|---|---|`);
  for (const line of summary) console.log(line);
}
