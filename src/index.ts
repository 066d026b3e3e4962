// The library: the verbs of the command line, and the types of what they take and give.
export { TruewindError } from "#base/errors.js";
export type { DatasetManifest } from "#domain/dataset.js";
export type { RunResult, Verdict } from "#domain/run-result.js";
export { type Experiment, type ExperimentInput, parseExperiment, readExperiment } from "#app/config/experiment.js";
export { type Workspace, openWorkspace } from "#app/config/workspace.js";
export { type BacktestRun, performBacktest as backtest } from "#app/runs/perform-backtest.js";
export { type Comparison, readComparison } from "#app/config/comparison.js";
export type { ComparisonResult } from "#app/compare/comparison-result.js";
export { performCompare as compareModels } from "#app/compare/perform-compare.js";
export { type TuningFile, readTuning } from "#app/config/tuning.js";
export { type TuneRun, performTune as tune } from "#app/tuning/perform-tune.js";
export { type Validation, performValidate as validate } from "#app/validate/perform-validate.js";
export type { ValidationResult } from "#app/validate/validation-result.js";
export { type CrossValidationResult, performCrossValidate as crossValidate } from "#app/splits/perform-cross-validate.js";
export { type PaperRun, performPaper as paper } from "#app/runs/perform-paper.js";
// The verbs of a portfolio manager (docs/guide/manager.md).
export { type Monitor, openManager, type PortfolioManager } from "#app/signals/manager.js";
export { type OvernightSignal, type OvernightSignals } from "#app/signals/overnight-signals.js";
export { type Certified, performCertify as certify, performVerify as verifyCertificate } from "#app/certificate/perform-certify.js";
export type { Certificate } from "#app/certificate/certificate.js";
export { performReplay as replay } from "#app/runs/perform-replay.js";
export { type ReadNames, readNames } from "#app/names/read-names.js";
export { simulateDataset } from "#app/runs/simulated-dataset.js";
export { renderReport } from "#app/report/report.js";
export { type SharpeMoments, sharpeMoments } from "#research/sharpe/moments.js";
export { minimumTrackLength, probabilisticSharpe } from "#research/sharpe/probabilistic.js";
export { deflatedSharpe, expectedMaximumSharpe } from "#research/sharpe/expected-maximum.js";
export { type RobustSharpe, robustProbabilisticSharpe, robustSharpe } from "#research/sharpe/robust.js";
export type { ControlResult } from "#app/control/control-result.js";
export { readControl } from "#app/control/control-folder.js";
export { performControl as control } from "#app/control/perform-control.js";
export { type CscvOptions, type Overfitting, cscv } from "#research/overfitting/cscv.js";
export { type ComparableSeries } from "#research/trials/correlations.js";
export { type EffectiveTrials, effectiveTrials } from "#research/trials/effective-trials.js";
export { type BestOfTrials, bestOfTrials } from "#research/trials/best-of-trials.js";
export { type DetectOptions, detectLeaks } from "#research/leaks/detect-leaks.js";
export type { LeakFinding, LeakReport } from "#research/leaks/finding.js";
export type { LeakSubject, PipelineOutput, World } from "#research/leaks/subject.js";
export { performLeaks as leaks } from "#app/leaks/perform-leaks.js";
// Allocation: covariances, and weights from them (docs/guide/allocation.md).
export { type ReturnsPanel, returnsPanel } from "#portfolio/covariance/panel.js";
export { type Covariance, covarianceFrom } from "#portfolio/covariance/covariance.js";
export { sampleCovariance } from "#portfolio/covariance/sample.js";
export { ewmaCovariance } from "#portfolio/covariance/ewma.js";
export { ledoitWolf, type ShrunkCovariance } from "#portfolio/covariance/ledoit-wolf.js";
export { nonlinearShrinkage } from "#portfolio/covariance/nonlinear-shrinkage.js";
export { factorCovariance, type FactorModel, factorModel } from "#portfolio/covariance/factor-model.js";
export { riskParity } from "#portfolio/allocation/risk-parity.js";
export { hierarchicalRiskParity } from "#portfolio/allocation/hierarchical-risk-parity.js";
export { hierarchicalEqualRisk } from "#portfolio/allocation/hierarchical-equal-risk.js";
export { maximumDiversification, minimumVariance, type WeightBox } from "#portfolio/allocation/minimum-variance.js";
// Optimization: weights as the answer to a problem (docs/guide/optimization.md).
export {
  factorNeutral,
  groupLimit,
  type LinearLimit,
  type OptimizedPortfolio,
  type PortfolioCosts,
  type PortfolioLimits,
} from "#portfolio/optimization/portfolio-problem.js";
export type { RiskModel } from "#portfolio/optimization/risk-model.js";
export { meanVariance, type MeanVarianceProblem } from "#portfolio/optimization/mean-variance.js";
export { mostDiversified } from "#portfolio/optimization/most-diversified.js";
export { conditionalLoss, meanCvar, type MeanCvarProblem } from "#portfolio/optimization/mean-cvar.js";
export { sparseMeanVariance } from "#portfolio/optimization/cardinality.js";
export { type DiscreteChoice, discreteWeights, type SparsePortfolio } from "#portfolio/optimization/discrete-weights.js";
export { fadingReturns, multiPeriod, type MultiPeriodProblem, type PortfolioPlan } from "#portfolio/optimization/multi-period.js";
export {
  blackLitterman,
  type BlackLittermanOptions,
  type Posterior,
  signalViews,
  type View,
} from "#portfolio/optimization/black-litterman.js";
export { kellyAversion, kellyWeights, volatilityScale } from "#portfolio/optimization/position-scale.js";
export { type Answer, type FallbackStep, firstAnswer } from "#portfolio/optimization/fallback.js";
export { directRunner, ScheduledSolve, type SolverRunner } from "#portfolio/optimization/scheduled-solve.js";
export { openSolverThread, type SolverThread } from "#app/solver/solver-thread.js";
// Skill or search: tests for series of one's own (docs/guide/inference.md).
export { createRng, type Rng } from "#base/rng.js";
export { type Excess, excessOver } from "#research/inference/snooping/excess.js";
export {
  type RealityCheck,
  realityCheck,
  type SuperiorAbility,
  superiorAbility,
} from "#research/inference/snooping/superior-ability.js";
export { type StepWise, stepM, stepSuperiorAbility } from "#research/inference/snooping/step-wise.js";
export type { SearchOptions } from "#research/inference/snooping/search.js";
export { benjaminiHochberg, benjaminiYekutieli } from "#research/inference/false-discovery.js";
export { type DieboldMariano, dieboldMariano } from "#research/inference/forecasts/diebold-mariano.js";
export { type GiacominiWhite, giacominiWhite } from "#research/inference/forecasts/giacomini-white.js";
export { type ConfidenceSet, modelConfidenceSet } from "#research/inference/forecasts/confidence-set.js";
export { bootstrapInterval, type Interval, meanError } from "#research/inference/bootstrap/interval.js";
export { type BlockLengths, blockLengths } from "#research/inference/bootstrap/block-length.js";
export { circularResampling, givenResampling, type Resampling, stationaryResampling } from "#research/inference/bootstrap/resampling.js";
// Measures of risk of returns of one's own, and their backtests (docs/guide/risk-measures.md).
export { christoffersen, type Christoffersen } from "#risk/backtests/christoffersen.js";
export { kupiec, type Kupiec } from "#risk/backtests/kupiec.js";
export { acerbiSzekely, type AcerbiSzekely, type ShortfallForecasts } from "#risk/backtests/acerbi-szekely.js";
export { violationsOf } from "#risk/backtests/violations.js";
export { type CornishFisherOptions, cornishFisherRisk } from "#risk/measures/cornish-fisher.js";
export { covarianceRisk } from "#risk/measures/covariance-risk.js";
export { empiricalTail } from "#risk/measures/empirical-tail.js";
export {
  filteredHistoricalRisk,
  filteredOutcomes,
  filteredScenarios,
  fitFilter,
  type VolatilityFilter,
} from "#risk/measures/filtered-historical.js";
export { historicalRisk } from "#risk/measures/historical.js";
export { type Moments, momentsOf } from "#risk/measures/moments.js";
export { momentRisk } from "#risk/measures/moment-risk.js";
export { drawScenarios, type JointLaw } from "#risk/measures/monte-carlo.js";
export { likeliestDegrees, normalRisk, studentRisk } from "#risk/measures/parametric.js";
export type { PortfolioRisk, PositionRisk } from "#risk/measures/positions.js";
export { scenarioRisk } from "#risk/measures/scenario-risk.js";
export { historicalScenarios, outcomesOf, type Scenarios } from "#risk/measures/scenarios.js";
export type { RiskOptions, TailRisk } from "#risk/measures/tail-risk.js";
// Execution: schedules, impact, routes and costs (docs/guide/execution.md).
export {
  type AlmgrenChriss,
  decayOf,
  efficientCost,
  type ExpectedCost,
  expectedCost,
  optimalRest,
} from "#execution/schedule/almgren-chriss.js";
export { type BoundedProblem, boundedSlices } from "#execution/schedule/constrained.js";
export { shortfallShare, twapShare, type VolumeOutlook, vwapShare } from "#execution/schedule/shares.js";
export { wholeSlices } from "#execution/schedule/whole-lots.js";
export { almgren, type ImpactModel, squareRoot } from "#execution/impact/impact-model.js";
export { type Routing, routeOrder, type VenueBook } from "#execution/routing/route-order.js";
export { type ParentOrder, type Shortfall, shortfallOf } from "#execution/analysis/shortfall.js";
export type { ExecutionResult } from "#app/execution/execution-result.js";
export { performExecute as execute } from "#app/execution/perform-execute.js";
export { performTca as tca } from "#app/execution/perform-tca.js";
export type { TcaResult } from "#app/report/trade-costs.js";
