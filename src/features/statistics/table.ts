// All statistics of windows by name.
import { microstructureStatistics } from "./microstructure.js";
import { crossAssetStatistics } from "./cross-asset.js";
import { orderStatistics } from "./order.js";
import { regressionStatistics } from "./regression.js";
import type { Statistic } from "./statistic.js";
import { statisticalStatistics } from "./statistical.js";
import { technicalStatistics } from "./technical.js";

const table = {
  ...microstructureStatistics,
  ...orderStatistics,
  ...regressionStatistics,
  ...technicalStatistics,
  ...crossAssetStatistics,
  ...statisticalStatistics,
};

export type StatisticName = keyof typeof table;
export const statistics: Readonly<Record<StatisticName, Statistic>> = table;
