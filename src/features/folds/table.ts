// All recursive functions by name.
import type { Fold } from "./fold.js";
import { trendFolds } from "./trend.js";

const table = { ...trendFolds };

export type FoldName = keyof typeof table;
export const folds: Readonly<Record<FoldName, Fold>> = table;
