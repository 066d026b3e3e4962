// What one run reads beside its bars: the sets of facts that its experiment names, cut to what its features read and to the instruments of its
// dataset, and the quotes on which its orders are filled.
import { hashJson } from "#base/hash.js";
import type { FactColumns } from "#data/facts/fact-columns.js";
import { honestyOf } from "#data/facts/fact-set.js";
import { loadFactColumns, type OpenFactSet, openFactSets } from "#data/facts/told.js";
import type { OpenDataset } from "#data/lake/open-dataset.js";
import type { SymbolNames } from "#data/names/name-key.js";
import { TruewindError, invariant } from "#base/errors.js";
import type { InstrumentId } from "#domain/instrument.js";
import type { RunResult } from "#domain/run-result.js";
import { factFields } from "#features/language/fact-fields.js";
import { defineOwnFeatures } from "#features/own-features.js";
import { resolveFeatures } from "#features/registry.js";
import type { Experiment } from "../config/experiment.js";
import type { RecordedQuotes } from "./recorded-quotes.js";

export interface RunFacts {
  readonly sets: readonly OpenFactSet[];
  /** One per set, the fields that the features read alone. */
  readonly tables: readonly FactColumns[];
  /** Null: orders are filled on bars. */
  readonly quotes: RecordedQuotes | null;
}

export const NO_FACTS: RunFacts = { sets: [], tables: [], quotes: null };

/**
 * `names`: of a dataset whose instruments bear aliases; facts are kept under symbols. Quotes are opened elsewhere. Throws `no-such-dataset` for a
 * set that is not there.
 * What is wrong with the features is for `fitToDataset` to say.
 */
export async function openRunFacts(
  factsDir: string,
  experiment: Experiment,
  { manifest }: OpenDataset,
  names: SymbolNames | null = null,
): Promise<RunFacts> {
  invariant(manifest.names === names?.id, "facts were asked for in other names than the dataset's");
  if (experiment.data.facts.length === 0) return NO_FACTS;
  const { instruments } = manifest;
  const symbols = instruments.map((instrument) => ({
    ...instrument,
    id: (names?.symbolOf(instrument.id) ?? instrument.id) as InstrumentId,
  }));
  const sets = await openFactSets(factsDir, experiment.data.facts, symbols);
  const tables = await loadFactColumns(sets, fieldsOf(experiment), symbols);
  return { sets, tables: tables.map((table) => ({ ...table, symbols: instruments.map(({ id }) => id as string) })), quotes: null };
}

function fieldsOf({ features, ownFeatures }: Experiment): string[] {
  try {
    return factFields(resolveFeatures(features, defineOwnFeatures(ownFeatures)).map(({ expr }) => expr));
  } catch (error) {
    if (error instanceof TruewindError && error.code === "bad-config") return [];
    throw error;
  }
}

/** What the run's data is: the dataset, and the facts and quotes where there are any. */
export function dataIdentity(datasetId: string, { sets, quotes }: RunFacts): string {
  const beside = [...sets.map(({ manifest }) => manifest.id), ...(quotes === null ? [] : [quotes.manifest.id])];
  return beside.length === 0 ? datasetId : hashJson([datasetId, ...beside]);
}

/** For the result; nothing when orders are filled on bars. */
export function quotesOfResult({ quotes }: RunFacts): Pick<RunResult["dataset"], "quotes"> {
  if (quotes === null) return {};
  const { name, id } = quotes.manifest;
  return { quotes: { name, id, instruments: quotes.quoted.reduce((sum, one) => sum + one, 0) } };
}

/** For the result; nothing when the experiment names no facts. */
export function factsOfResult({ sets, tables }: RunFacts): Pick<RunResult["dataset"], "facts"> {
  if (sets.length === 0) return {};
  return {
    facts: sets.map(({ manifest: { name, id, vintage, assumedLag }, matched, unmatched }, i) => ({
      name,
      id,
      vintage,
      lagAssumed: Object.keys(assumedLag).length > 0,
      told: tables[i]?.at.length ?? 0,
      matched,
      unmatched,
    })),
  };
}

/** Sets whose values or times are not those of their day, with what is to be said of them. */
export function factsInDoubt({ sets }: RunFacts): { readonly factsInDoubt?: Readonly<Record<string, string>> } {
  const words = sets.flatMap(({ manifest }) => (honestyOf(manifest) === "" ? [] : [[manifest.name, honestyOf(manifest)] as const]));
  return words.length === 0 ? {} : { factsInDoubt: Object.fromEntries(words) };
}

/** What the run takes for granted of its facts, one sentence per set. */
export function factAssumptions({ sets, tables }: RunFacts): string[] {
  return sets.map(({ manifest, matched, unmatched }, i) => {
    const { name, assumedLag, fields } = manifest;
    const honesty = honestyOf(manifest);
    const told = new Set(Array.from(tables[i]?.field ?? [], (field) => tables[i]?.fields[field] as string));
    const lags = Object.entries(assumedLag).filter(([field]) => field === "*" || told.has(field));
    const words = [
      `The facts ${name} tell ${tables[i]?.at.length ?? 0} values of ${told.size} of their ${Object.keys(fields).length} fields that the features read`,
      matched + unmatched === 0 ? "about the market" : `about ${matched} instruments of the dataset (${unmatched} of theirs are not in it)`,
    ];
    const lag =
      lags.length === 0
        ? ""
        : ` Assumed to be known: ${lags.map(([field, delay]) => `${field === "*" ? "all" : field} ${delay}`).join(", ")}.`;
    return `${words.join(", ")}; each is used from the moment at which it became known.${honesty === "" ? "" : ` They are ${honesty}: history is better informed than it was.`}${lag}`;
  });
}
