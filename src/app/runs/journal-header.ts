// The first record of every journal: all that is needed to repeat it.
import type { DatasetManifest } from "#domain/dataset.js";
import { codeVersion } from "../config/code-version.js";
import { type ResolvedRisk, riskHash } from "../config/risk-limits.js";
import type { Experiment } from "../config/experiment.js";
import type { RunFacts } from "../modes/run-facts.js";
import type { SessionFacts } from "../paper/session-days.js";

export interface JournalHeader {
  readonly mode: "backtest" | "paper";
  /** The run whose folder holds the models. */
  readonly run: string;
  readonly experiment: Experiment;
  readonly dataset: string;
  readonly dataId: string;
  /** Id of the key under which the experiment names instruments; absent where it names symbols. */
  readonly names?: string;
  /** The sets of facts that the session was told, as they were; absent when there were none. */
  readonly facts?: readonly { readonly name: string; readonly id: string }[];
  /** The quotes on which orders were filled, as they were; absent when they were filled on bars. */
  readonly quotes?: { readonly name: string; readonly id: string };
  /** Of a paper session. */
  readonly session?: SessionFacts;
  readonly codeVersion: string;
  /** What was allowed, and its hash; absent in journals that are older than risk files. */
  readonly risk?: ResolvedRisk & { readonly hash: string };
}

export function journalHeader(
  mode: JournalHeader["mode"],
  experiment: Experiment,
  manifest: DatasetManifest,
  { sets, quotes }: RunFacts,
  run: string,
  limits: ResolvedRisk,
  session?: SessionFacts,
): JournalHeader {
  const facts = sets.map((set) => ({ name: set.manifest.name, id: set.manifest.id }));
  const names = manifest.names === undefined ? {} : { names: manifest.names };
  const risk = { ...limits, hash: riskHash(limits) };
  const filledOn = quotes === null ? {} : { quotes: { name: quotes.manifest.name, id: quotes.manifest.id } };
  const of = { mode, run, experiment, dataset: manifest.name, dataId: manifest.id, ...names, ...filledOn };
  const header = { ...of, ...(session === undefined ? {} : { session }), codeVersion: codeVersion(), risk };
  return facts.length === 0 ? header : { ...header, facts };
}
