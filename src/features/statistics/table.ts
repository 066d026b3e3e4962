// All statistics of windows by name.
import { orderStatistics } from "./order.js";
import { regressionStatistics } from "./regression.js";
import type { Statistic } from "./statistic.js";
import { technicalStatistics } from "./technical.js";

const table = { ...orderStatistics, ...regressionStatistics, ...technicalStatistics };

export type StatisticName = keyof typeof table;
export const statistics: Readonly<Record<StatisticName, Statistic>> = table;
