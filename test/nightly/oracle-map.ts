// Measures the map from the planted edge's strength to the oracle's net Sharpe ratio: the source of the constants in calibration.ts.
// Run after a build: node dist/test/nightly/oracle-map.js [seeds per cell, 40 by default]. Prints one line per cell, then the fitted rows.
import { oracleSharpe } from "../reference/market/oracle-portfolio.js";
import { weekdays } from "../reference/market/weekdays.js";
import { simulateMarket } from "#simulation/market/simulate-market.js";

const SIZES = [20, 40, 60, 120, 250, 500];
/** For 60 names; the others in proportion to 1 / sqrt(names), which keeps the Sharpe ratio between about 0.3 and 2.5. */
const STRENGTHS = [0.02, 0.032, 0.044, 0.058];
const SESSIONS = weekdays(2016);
const seeds = Number(process.argv[2] ?? 40);

for (const names of SIZES) {
  const xs: number[] = [];
  const ys: number[] = [];
  const scale = Math.sqrt(60 / names);
  const runs = Math.max(6, Math.round(seeds * Math.min(1, 120 / names)));
  for (const strength of STRENGTHS.map((value) => value * scale)) {
    const net: number[] = [];
    let turnover = 0;
    for (let s = 0; s < runs; s++) {
      const settings = { seed: `oracle-map/${s}`, names, sectors: 6, sessions: SESSIONS, oracleSharpe: 0 };
      const run = oracleSharpe(simulateMarket(settings, strength));
      net.push(run.net);
      turnover += run.turnover / runs;
    }
    const mean = net.reduce((a, b) => a + b) / runs;
    const error = Math.sqrt(net.reduce((a, b) => a + (b - mean) ** 2, 0) / (runs - 1) / runs);
    xs.push(strength);
    ys.push(mean);
    console.log(
      `names ${names}  strength ${strength.toFixed(4)}  net Sharpe ${mean.toFixed(3)} +- ${error.toFixed(3)}  turnover ${turnover.toFixed(2)} a decision  (${runs} seeds)`,
    );
  }
  const mx = xs.reduce((a, b) => a + b) / xs.length;
  const my = ys.reduce((a, b) => a + b) / ys.length;
  const slope = xs.reduce((sum, x, i) => sum + (x - mx) * ((ys[i] as number) - my), 0) / xs.reduce((sum, x) => sum + (x - mx) ** 2, 0);
  console.log(`  { names: ${names}, slope: ${slope.toFixed(1)}, drag: ${(slope * mx - my).toFixed(3)} },`);
}
