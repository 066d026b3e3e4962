// All recursive functions by name.
import { changePointFolds } from "./change-point.js";
import { cycleFolds } from "./cycle.js";
import { decayFolds } from "./decay.js";
import { directionalFolds } from "./directional.js";
import { durationFolds } from "./duration.js";
import { filterFolds } from "./filters.js";
import type { Fold } from "./fold.js";
import { garchFolds } from "./garch.js";
import { hiddenMarkovFolds } from "./hidden-markov.js";
import { kalmanFolds } from "./kalman.js";
import { trendFolds } from "./trend.js";

const stateFolds = { ...changePointFolds, ...durationFolds, ...garchFolds, ...hiddenMarkovFolds, ...kalmanFolds };
const table = { ...trendFolds, ...cycleFolds, ...directionalFolds, ...filterFolds, ...decayFolds, ...stateFolds };

export type FoldName = keyof typeof table;
export const folds: Readonly<Record<FoldName, Fold>> = table;
