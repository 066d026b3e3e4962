// All kinds of planted leaks. Written without a look at any detector: what is in here is what people do, not what is easily found.
import { barStampedAtItsStart } from "./code/bar-stamped-at-its-start.js";
import { calibratedOnTest } from "./code/calibrated-on-test.js";
import { centeredSmoothing } from "./code/centered-smoothing.js";
import { closeBeforeItHappens } from "./code/close-before-it-happens.js";
import { earlyStoppingOnTest } from "./code/early-stopping-on-test.js";
import { eveningFactsInTheMorning } from "./code/evening-facts-in-the-morning.js";
import { eventsKnownAhead } from "./code/events-known-ahead.js";
import { fillAtTheBestPrice } from "./code/fill-at-the-best-price.js";
import { fittedOnEverything } from "./code/fitted-on-everything.js";
import { fullSampleQuantiles } from "./code/full-sample-quantiles.js";
import { fullSampleScaling } from "./code/full-sample-scaling.js";
import { fullSampleStructure } from "./code/full-sample-structure.js";
import { fullSampleVolatility } from "./code/full-sample-volatility.js";
import { gapsFilledBackward } from "./code/gaps-filled-backward.js";
import { periodInsteadOfPublication } from "./code/period-instead-of-publication.js";
import { regimesSmoothed } from "./code/regimes-smoothed.js";
import { revisionWrittenOver } from "./code/revision-written-over.js";
import { rowsDroppedByLabel } from "./code/rows-dropped-by-label.js";
import { sameBarFill } from "./code/same-bar-fill.js";
import { selectionOnEverything } from "./code/selection-on-everything.js";
import { shiftedSeries } from "./code/shifted-series.js";
import { shuffledFolds } from "./code/shuffled-folds.js";
import { stateOfAnotherFold } from "./code/state-of-another-fold.js";
import { targetEncoding } from "./code/target-encoding.js";
import { tunedOnTest } from "./code/tuned-on-test.js";
import { universeByTheFuture } from "./code/universe-by-the-future.js";
import { unpurgedFolds } from "./code/unpurged-folds.js";
import { unpurgedWalk } from "./code/unpurged-walk.js";
import { unripeLabels } from "./code/unripe-labels.js";
import { adjustedPriceLevels } from "./data/adjusted-price-levels.js";
import { backfilledSentiment } from "./data/backfilled-sentiment.js";
import { datesWithoutHours } from "./data/dates-without-hours.js";
import { noPublicationTimes } from "./data/no-publication-times.js";
import { restatedFundamentals } from "./data/restated-fundamentals.js";
import { revisedMacro } from "./data/revised-macro.js";
import { survivorsOnly } from "./data/survivors-only.js";
import { todaysMembers } from "./data/todays-members.js";
import { todaysSectors } from "./data/todays-sectors.js";
import type { PlantedLeak } from "./planted-leak.js";

export const plantedLeaks: readonly PlantedLeak[] = [
  fullSampleScaling,
  fullSampleQuantiles,
  fullSampleVolatility,
  fullSampleStructure,
  targetEncoding,
  centeredSmoothing,
  gapsFilledBackward,
  regimesSmoothed,
  shiftedSeries,
  barStampedAtItsStart,
  closeBeforeItHappens,
  eveningFactsInTheMorning,
  periodInsteadOfPublication,
  revisionWrittenOver,
  eventsKnownAhead,
  universeByTheFuture,
  rowsDroppedByLabel,
  selectionOnEverything,
  tunedOnTest,
  earlyStoppingOnTest,
  calibratedOnTest,
  fittedOnEverything,
  stateOfAnotherFold,
  unripeLabels,
  unpurgedWalk,
  shuffledFolds,
  unpurgedFolds,
  sameBarFill,
  fillAtTheBestPrice,
  survivorsOnly,
  restatedFundamentals,
  backfilledSentiment,
  adjustedPriceLevels,
  todaysMembers,
  todaysSectors,
  noPublicationTimes,
  datesWithoutHours,
  revisedMacro,
];
