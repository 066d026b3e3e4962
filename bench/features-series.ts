// Single functions on long series, and memory at ten times the data. Run as a program it prints one JSON line:
// `kernel NAME BARS INSTRUMENTS`: seconds for one function over that many bars of each; `memory BARS`: peak MB of a batch whose frames are
// looked at and let go.
import type { Micros } from "#domain/time.js";
import { defineFeature } from "#features/language/definition.js";
import { close, volume } from "#features/language/inputs.js";
import type { Series } from "#features/language/series.js";
import { compileFeatures } from "#features/plan/compile.js";
import { featureSet } from "#features/registry.js";
import { minuteBars } from "./ema-cross.js";
import { peakMb } from "./features-process.js";

const gain = close.diff(1).max(0).rma(14);
const loss = close.diff(1).neg().max(0).rma(14);
const kernels: Readonly<Record<string, Series>> = {
  sma: close.sma(20),
  ema: close.ema(20),
  rsi: gain.div(gain.add(loss)).mul(100),
  stddev: close.std(20),
  correl: close.corr(volume, 20),
  max: close.rollingMax(20),
  slope: close.slope(20),
  quantile: close.quantile(0.8, 20),
  rank: close.statistic("percentRank", 20),
};

/** Bars are made a batch at a time, so that the input is never held as a whole. */
function fold(definitions: Parameters<typeof compileFeatures>[0], instruments: number, bars: number): { seconds: number; sum: number } {
  const tradable = new Uint8Array(instruments).fill(1);
  const plan = compileFeatures(definitions, { instruments, tradable, minHistory: 1, filters: [], priceBasis: "raw" });
  let seconds = 0;
  let sum = 0;
  const PIECE = Math.max(1, Math.floor(200_000 / instruments));
  for (let done = 0; done < bars; done += PIECE) {
    for (const batch of minuteBars(`series/${done}`, instruments, Math.min(PIECE, bars - done))) {
      const startedAt = performance.now();
      for (let row = 0; row < batch.length; row += instruments) {
        plan.advance(batch, row, row + instruments);
        const { values } = plan.frame(0 as Micros, 0 as Micros);
        const last = values[values.length - 1] as number;
        if (last - last === 0) sum += last;
      }
      seconds += (performance.now() - startedAt) / 1000;
    }
  }
  return { seconds, sum };
}

const [mode, first = "", second = "1", third = "1"] = process.argv.slice(2);
if (mode === "kernel") {
  const expr = kernels[first] as Series;
  const definition = defineFeature({ name: first, group: "bench", version: 1, expr, unit: "", range: [null, null], source: "" });
  process.stdout.write(`${JSON.stringify(fold([definition], Number(third), Number(second)))}\n`);
} else {
  const { seconds } = fold(featureSet("alpha158"), 50, Number(first));
  process.stdout.write(`${JSON.stringify({ seconds, mb: peakMb() })}\n`);
}
