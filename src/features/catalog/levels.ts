// Levels in price, volume and money: for rules such as an EMA cross and for universe filters. Only on raw data.
import { defineFeature, type FeatureDefinition } from "#features/language/definition.js";
import { close, volume } from "#features/language/inputs.js";
import { type Series } from "#features/language/series.js";

/** Mean traded value per bar over 20 bars, in the instrument's currency: the usual liquidity filter. */
export const dollarVolume20: Series<"money"> = close.mul(volume).mean(20);

const level = (name: string, expr: Series, unit: string, source: string): FeatureDefinition =>
  defineFeature({ name, group: "level", version: 1, expr, unit, range: [0, null], source });

export const levels: readonly FeatureDefinition[] = [
  level("close", close, "price", "the bar's close"),
  ...[10, 20, 50, 200].map((bars) => level(`sma_${bars}`, close.sma(bars), "price", `TA-Lib SMA(${bars})`)),
  ...[10, 20, 50, 200].map((bars) => level(`ema_${bars}`, close.ema(bars), "price", `TA-Lib EMA(${bars})`)),
  level("volume_20", volume.mean(20), "units", "mean volume"),
  level("dollar_volume_20", dollarVolume20, "money", "mean of close x volume"),
];
