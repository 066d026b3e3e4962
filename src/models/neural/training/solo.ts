// Training in one process: nobody to exchange gradients with.
import type { GradientExchange } from "#ports/gradient-exchange.js";

export const solo: GradientExchange = { rank: 0, workers: 1, average: async (_, weight) => weight };
