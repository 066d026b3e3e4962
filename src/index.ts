// The library: the verbs of the command line, and the types of what they take and give.
export { TruewindError } from "#base/errors.js";
export type { DatasetManifest } from "#domain/dataset.js";
export type { RunResult, Verdict } from "#domain/run-result.js";
export { type Experiment, type ExperimentInput, parseExperiment, readExperiment } from "#app/config/experiment.js";
export { type Workspace, openWorkspace } from "#app/config/workspace.js";
export { type BacktestRun, performBacktest as backtest } from "#app/runs/perform-backtest.js";
export { type Comparison, readComparison } from "#app/config/comparison.js";
export { type ComparisonResult, performCompare as compareModels } from "#app/compare/perform-compare.js";
export { type PaperRun, performPaper as paper } from "#app/runs/perform-paper.js";
export { performReplay as replay } from "#app/runs/perform-replay.js";
export { simulateDataset } from "#app/runs/simulated-dataset.js";
export { renderReport } from "#app/report/report.js";
export { type SharpeMoments, sharpeMoments } from "#research/sharpe/moments.js";
export { minimumTrackLength, probabilisticSharpe } from "#research/sharpe/probabilistic.js";
export { deflatedSharpe, expectedMaximumSharpe } from "#research/sharpe/expected-maximum.js";
export { type RobustSharpe, robustProbabilisticSharpe, robustSharpe } from "#research/sharpe/robust.js";
export type { ControlResult } from "#app/control/control-result.js";
export { performControl as control } from "#app/control/perform-control.js";
