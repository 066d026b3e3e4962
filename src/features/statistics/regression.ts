// Statistics of one series against another.
import type { Statistic } from "./statistic.js";

export const regressionStatistics = {
  /**
   * Pearson correlation, in [-1, 1], of the first series with the running sum of the second. With log changes of volume as the second it is
   * the correlation with log volume, whose level drops out of a correlation anyway; the oldest change takes no part. NaN when a side is
   * constant.
   */
  pathCorrelation: {
    series: 2,
    least: 2,
    powers: [0, 0],
    params: [],
    value: (x, y, from, n) => {
      // Measured from the window's first value, so that a high flat price loses no digits.
      const x0 = x[from] as number;
      let path = 0;
      let xSum = 0;
      let ySum = 0;
      for (let k = from + 1; k < from + n; k++) {
        path += y[k] as number;
        xSum += (x[k] as number) - x0;
        ySum += path;
      }
      const xMean = xSum / n;
      const yMean = ySum / n;
      let xx = xMean * xMean;
      let yy = yMean * yMean;
      let xy = xMean * yMean;
      path = 0;
      for (let k = from + 1; k < from + n; k++) {
        path += y[k] as number;
        const u = (x[k] as number) - x0 - xMean;
        const v = path - yMean;
        xx += u * u;
        yy += v * v;
        xy += u * v;
      }
      const scale = Math.sqrt(xx) * Math.sqrt(yy);
      return scale > 0 ? Math.min(1, Math.max(-1, xy / scale)) : Number.NaN;
    },
  },
} as const satisfies Readonly<Record<string, Statistic>>;
