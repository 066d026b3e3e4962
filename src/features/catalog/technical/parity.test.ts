// The raw functions behind the technical features against TA-Lib, and features that TA-Lib lacks against their published formulas in numpy
// (test/reference/features/technical/make.py), to 1e-9 of the value.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { InstrumentIx } from "#domain/instrument.js";
import { toBarBatch } from "#domain/market.js";
import { DAY_US, type Micros } from "#domain/time.js";
import { defineFeature, type FeatureDefinition } from "#features/language/definition.js";
import { close, high, low, typical, volume } from "#features/language/inputs.js";
import type { Series } from "#features/language/series.js";
import { compileFeatures } from "#features/plan/compile.js";
import * as averages from "./averages.js";
import * as cycle from "./cycle.js";
import * as directional from "./directional.js";
import * as momentum from "./momentum.js";
import * as oscillators from "./oscillators.js";
import * as overlap from "./overlap.js";
import * as price from "./price.js";
import * as regression from "./regression.js";
import * as volatility from "./volatility.js";
import { technical } from "./technical.js";
import * as flows from "./volume.js";

interface Shown {
  /** First bar with a value. */
  readonly first: number;
  readonly values: readonly (number | null)[];
}

interface Reference {
  readonly bars: Readonly<Record<"open" | "high" | "low" | "close" | "volume", readonly number[]>>;
  /** Bars whose values are given. */
  readonly at: readonly number[];
  readonly exact: Readonly<Record<string, Shown>>;
  /** TA-Lib starts these differently: compared after the memory that the formula declares. */
  readonly seeded: Readonly<Record<string, Shown>>;
  /** Features by their names, from formulas that TA-Lib does not have. */
  readonly published: Readonly<Record<string, Shown>>;
}

const file = new URL("../../../../test/reference/features/technical/technical.json", import.meta.url);
const reference = JSON.parse(readFileSync(file, "utf8")) as Reference;

const macd = momentum.apo(close, 5, 35);
const raw: Readonly<Record<string, Series>> = {
  wma_10: averages.wma(close, 10),
  trima_40: averages.trima(close, 40),
  trima_15: averages.trima(close, 15),
  dema_21: averages.dema(close, 21),
  tema_60: averages.tema(close, 60),
  t3_10: averages.t3(close, 10),
  kama_10: averages.kama(close, 10),
  kama_30: averages.kama(close, 30),
  hma_55: averages.hma(close, 55),
  hma_20: averages.hma(close, 20),
  zlema_34: averages.zlema(close, 34),
  rma_50: close.rma(50),
  ht_trendline: averages.trendLine,
  vwma_20: averages.vwma(close, 20),
  midpoint_14: overlap.midpoint(14),
  midprice_100: overlap.midprice(100),
  sar: overlap.sar(0.02, 0.2, 0),
  sarext: (overlap.sar(0.005, 0.05, 0, 0.01, 0.1) as Series<"price">).mul(overlap.sar(0.005, 0.05, 1, 0.01, 0.1) as Series<"ratio">),
  accbands_upper: overlap.accUpper(20),
  accbands_middle: close.sma(20),
  accbands_lower: overlap.accLower(20),
  donchian_upper: high.rollingMax(20),
  donchian_middle: overlap.midprice(20),
  donchian_lower: low.rollingMin(20),
  supertrend: overlap.supertrend(10, 3, 0),
  supertrend_side: overlap.supertrend(10, 3, 1),
  kc_upper: typical.ema(20).add(averages.atr(10).mul(2)),
  kc_middle: typical.ema(20),
  kc_lower: typical.ema(20).sub(averages.atr(10).mul(2)),
  apo_sma: momentum.apoPlain(close, 12, 26),
  macdext: momentum.macdExt,
  macdext_hist: momentum.lessOwn(momentum.macdExt, momentum.macdExt.sma(9)),
  coppock: momentum.coppock(10, 11, 14),
  trix_15: momentum.trix(15),
  dpo_20: momentum.dpo(20),
  tsi: momentum.tsi(25, 13),
  fosc_14: momentum.fosc(14),
  ao: momentum.ao,
  ac: momentum.lessOwn(momentum.ao, momentum.ao.sma(5)),
  bull_power: momentum.bullPower(13),
  bear_power: momentum.bearPower(13),
  er_10: averages.efficiency(close, 10),
  vhf_28: momentum.vhf(28),
  qstick_10: momentum.qstick(10),
  cmou_14: momentum.cmou(14),
  cmo_5: momentum.cmo(5),
  mom_40: close.diff(40),
  roc_10: momentum.roc(10),
  rocr_10: close.div(close.lag(10)),
  rocp_10: close.change(10),
  plus_dm_14: directional.plusDm(14),
  minus_dm_14: directional.minusDm(14),
  plus_di_14: directional.plusDi(14),
  minus_di_14: directional.minusDi(14),
  dx_14: directional.dx(14),
  adx_14: directional.adx(14),
  adxr_14: directional.adxr(14),
  aroon_down_25: directional.aroonDown(25),
  aroon_up_25: directional.aroonUp(25),
  aroonosc_14: directional.aroonUp(14).sub(directional.aroonDown(14)),
  vortex_up_14: directional.vortexUp(14),
  vortex_down_14: directional.vortexDown(14),
  rsi_28: oscillators.rsi(28),
  stoch_k: oscillators.slowK(14, 3),
  stoch_d: oscillators.slowK(14, 3).sma(3),
  stochf_k: oscillators.fastK(5),
  stochrsi_k: oscillators.stochRsi(14, 14),
  stochrsi_d: oscillators.stochRsi(14, 5).sma(3),
  kdj_k: oscillators.kdjK,
  kdj_d: oscillators.kdjD,
  kdj_j: oscillators.kdjK.mul(3).sub(oscillators.kdjD.mul(2)),
  willr_10: oscillators.willr(10),
  cci_14: oscillators.cci(14),
  smi: oscillators.smi(13, 25, 2),
  smi_signal: oscillators.smi(13, 25, 2).ema(9),
  ultosc: oscillators.ultosc(7, 14, 28),
  bop: oscillators.bop,
  imi_14: oscillators.imi(14),
  percentrank_100: oscillators.percentRank(close, 100).mul(100),
  trange: averages.trueRange,
  atr_14: averages.atr(14),
  natr_50: volatility.natr(50),
  adr_7: volatility.adr(7),
  cvi: volatility.cvi(10, 10),
  massi: volatility.massIndex(9, 25),
  rvi_14: volatility.rvi(14),
  efi_13: flows.force(13),
  cmf_20: flows.flow.sum(20).div(volume.sum(20)),
  rvol_20: flows.rvol(20),
  marketfi: flows.facilitation,
  mfi_28: flows.mfi(28),
  obv_rise_60: flows.signed.sum(60),
  ad_rise_60: flows.flow.sum(60),
  pvt_rise_20: flows.trendFlow.sum(20),
  wad_rise_20: flows.wad.sum(20),
  pvi_rise_1: flows.positive.add(1),
  nvi_rise_1: flows.negative.add(1),
  ht_dcperiod: averages.cyclePeriod,
  ht_dcphase: cycle.cyclePhase,
  ht_sine: cycle.sine,
  ht_leadsine: cycle.leadSine,
  ht_inphase: averages.inPhase,
  ht_quadrature: averages.quadrature,
  ht_trendmode: cycle.trendMode,
  mavp: averages.variableMean(close, averages.cyclePeriod.mul(0.5), 2, 30),
  avgprice: price.averagePrice,
  medprice: averages.middle,
  typprice: typical,
  wclprice: price.weightedClose,
  ha_open: price.haOpen,
  ha_high: price.haHigh,
  ha_low: price.haLow,
  ha_close: price.averagePrice,
  avgdev_14: close.statistic("averageDeviation", 14),
  linearreg_20: averages.line(close, 20),
  linearreg_slope_100: close.slope(100),
  linearreg_angle_14: momentum
    .roc(10)
    .slope(14)
    .atan()
    .mul(180 / Math.PI),
  linearreg_intercept_30: averages.line(close, 30, -29),
  tsf_60: averages.line(close, 60, 1),
  stddev_100: close.std(100),
  var_10: close.std(10).square(),
  beta_20: regression.beta(high, low, 20),
  correl_30: high.corr(low, 30),
  bbands_upper: close.sma(20).add(close.std(20).mul(2)),
  max_60: volume.rollingMax(60),
  min_20: low.rollingMin(20),
  sum_14: volume.sum(14),
  since_highest_120: high.statistic("sinceHighest", 120),
  since_lowest_120: low.statistic("sinceLowest", 120),
  apo_5_20: momentum.apo(close, 5, 20),
  ppo_12_26: momentum.ppo(12, 26),
  pvo_12_26: flows.pvo(12, 26),
  macd_5_35: macd,
  macd_hist_5_35: momentum.lessOwn(macd, macd.ema(5)),
  macdfix: momentum.macdFix,
  macdfix_signal: momentum.macdFix.ema(9),
  adosc: flows.adosc(3, 10),
  mama: averages.mama(0),
  fama: averages.mama(1),
};

/** First values that come later than TA-Lib's: a window of periods must be known; a sum begins with those of DX. */
const later: Readonly<Record<string, number>> = {
  mavp: 61,
  plus_dm_14: 14,
  minus_dm_14: 14,
};

const names = Object.keys(raw);
const published = Object.keys(reference.published);
const definitions = [
  ...names.map((name) =>
    defineFeature({ name, group: "test", version: 1, expr: raw[name] as Series, unit: "", range: [null, null], source: "" }),
  ),
  ...published.map((name) => technical.find((definition) => definition.name === name) as FeatureDefinition),
];
const batch = toBarBatch(
  reference.bars.close.map((_, t) => {
    const at = ((t + 1) * DAY_US) as Micros;
    const of = (name: keyof Reference["bars"]): number => reference.bars[name][t] as number;
    const prices = { open: of("open"), high: of("high"), low: of("low"), close: of("close"), volume: of("volume") };
    return { instrument: 0 as InstrumentIx, openAt: (at - DAY_US) as Micros, at, seenAt: at, ...prices };
  }),
);
const plan = compileFeatures(definitions, { instruments: 1, tradable: Uint8Array.of(1), minHistory: 1, filters: [], priceBasis: "raw" });
const frames = reference.bars.close.map((_, t) => {
  plan.advance(batch, t, t + 1);
  return plan.frame(0 as Micros, 0 as Micros).values.slice();
});

describe("raw functions against TA-Lib", () => {
  it("covers every function of the reference", () => {
    expect([...names].sort()).toEqual([...Object.keys(reference.exact), ...Object.keys(reference.seeded)].sort());
  });

  it.each(names.map((name, f) => [name, f] as const))("%s agrees to 1e-9", (name, f) => {
    const exact = reference.exact[name];
    const shown = (exact ?? reference.seeded[name]) as Shown;
    const first = firstOf(f);
    if (later[name] !== undefined) expect(first).toBe(later[name]);
    else if (exact !== undefined) expect(first).toBeLessThanOrEqual(shown.first);
    expectNear(f, shown, exact === undefined ? (definitions[f]?.memory as number) : Math.max(first, shown.first));
  });
});

describe("features against their published formulas", () => {
  it.each(published.map((name, k) => [name, names.length + k] as const))("%s agrees to 1e-9, from the same first bar on", (name, f) => {
    const shown = reference.published[name] as Shown;
    expect(firstOf(f)).toBe(shown.first);
    expectNear(f, shown, shown.first);
  });
});

function firstOf(f: number): number {
  return frames.findIndex((frame) => !Number.isNaN(frame[f]));
}

/** Compares from bar `from` on: relative to the value, or to a thousandth of the function's size where it passes through zero. */
function expectNear(f: number, { values }: Shown, from: number): void {
  const scale = Math.max(...values.map((v) => Math.abs(v ?? 0)));
  let compared = 0;
  reference.at.forEach((t, k) => {
    const v = values[k];
    if (t < from || v === null || v === undefined) return;
    const ours = frames[t]?.[f] as number;
    compared++;
    expect(Math.abs(ours - v), `bar ${t}: ${ours} for ${v}`).toBeLessThanOrEqual(1e-9 * Math.max(Math.abs(v), scale / 1000));
  });
  expect(compared).toBeGreaterThanOrEqual(4);
}
