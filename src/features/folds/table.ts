// All recursive functions by name.
import { cycleFolds } from "./cycle.js";
import { directionalFolds } from "./directional.js";
import type { Fold } from "./fold.js";
import { trendFolds } from "./trend.js";

const table = { ...trendFolds, ...cycleFolds, ...directionalFolds };

export type FoldName = keyof typeof table;
export const folds: Readonly<Record<FoldName, Fold>> = table;
