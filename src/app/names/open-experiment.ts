// The one way from an experiment to its data: the dataset and the facts, in anonymized names unless the experiment says otherwise. The
// experiment's own mentions of instruments may be symbols or aliases; from here on they are what the dataset calls them.
import { type OpenDataset, openDataset } from "#data/lake/open-dataset.js";
import { renamedDataset } from "#data/lake/renamed-dataset.js";
import type { SymbolNames } from "#data/names/name-key.js";
import type { Experiment } from "../config/experiment.js";
import type { Workspace } from "../config/workspace.js";
import { type RunFacts, openRunFacts } from "../modes/run-facts.js";
import { openRunQuotes } from "../modes/recorded-quotes.js";
import { knownNames, openNames } from "./open-names.js";
import { renameExperiment } from "./rename-experiment.js";

/** Where what an experiment reads is kept. */
export type DataPlaces = Pick<Workspace, "lake" | "facts" | "names">;

/** A dataset as an experiment sees it. */
export interface NamedData {
  /** Mentions are in the dataset's names. */
  readonly experiment: Experiment;
  readonly dataset: OpenDataset;
  /** Null where instruments bear their symbols. */
  readonly names: SymbolNames | null;
}

export interface ExperimentData extends NamedData {
  readonly facts: RunFacts;
}

/** `key`: id of the key of names of something that was made before. Throws `no-such-dataset`, `bad-file`, `bad-key`, or `busy`. */
export async function openExperiment(places: DataPlaces, asked: Experiment, key?: string): Promise<ExperimentData> {
  const named = await openNamed(places, asked, key);
  const { experiment, dataset, names } = named;
  const facts = await openRunFacts(places.facts, experiment, dataset, names);
  return { ...named, facts: { ...facts, quotes: await openRunQuotes(places.lake, experiment, dataset, names) } };
}

/** Without facts and quotes. */
export async function openNamed(places: DataPlaces, asked: Experiment, key?: string): Promise<NamedData> {
  const dataset = await openDataset(places.lake, asked.data.dataset);
  // Of a run that an older Truewind kept, the experiment does not say: its names are the symbols.
  if (!asked.data.anonymize) return { experiment: renameExperiment(asked, symbolFor(places, dataset)), dataset, names: null };
  const names = await openNames(places.names, dataset, key);
  return {
    experiment: renameExperiment(asked, (mention) => aliasFor(names, mention)),
    dataset: renamedDataset(dataset, names),
    names,
  };
}

/** The symbol of an alias, where there is a key; a symbol, and what is neither, stays as it is. */
function symbolFor(places: DataPlaces, dataset: OpenDataset): (mention: string) => string {
  const symbols = new Set<string>(dataset.manifest.instruments.map(({ id }) => id));
  return (mention) => (symbols.has(mention) ? mention : (knownNames(places.names, dataset)?.symbolOf(mention) ?? mention));
}

/** The alias of a symbol; an alias, and what is neither, stays as it is. */
export function aliasFor(names: SymbolNames | null, mention: string): string {
  return names?.aliasOf(mention) ?? mention;
}
