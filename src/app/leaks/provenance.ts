// What a dataset and its facts declare, in the words of the leak detector. What was assumed because nobody said it counts as not said.
import type { FactSetManifest } from "#data/facts/fact-set.js";
import type { DatasetManifest } from "#domain/dataset.js";
import type { Provenance } from "#research/leaks/subject.js";
import type { Experiment } from "../config/experiment.js";

/** `experiment`: null where any of its names may be held. */
export function provenanceOf(manifest: DatasetManifest, sets: readonly FactSetManifest[], experiment: Experiment | null): Provenance {
  // Lists and sectors are those of the day on which somebody wrote them down.
  const byHand = experiment !== null && (experiment.universe.include !== null || experiment.universe.sectors !== null);
  const lagAssumed = sets.some(({ assumedLag }) => Object.keys(assumedLag).length > 0);
  return {
    survivorsOnly: manifest.survivorsAssumed ? null : manifest.survivorsOnly,
    priceBasis: manifest.priceBasisAssumed ? null : manifest.priceBasis === "split" ? "splits" : manifest.priceBasis,
    pointInTimeUniverse: byHand ? null : true,
    vintage: sets.some(({ vintage }) => vintage === "latest") ? "latest" : "all",
    publicationTimes: lagAssumed ? null : true,
  };
}
