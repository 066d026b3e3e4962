// The first record of every journal: all that is needed to repeat it.
import type { DatasetManifest } from "#domain/dataset.js";
import { codeVersion } from "../config/code-version.js";
import type { Experiment } from "../config/experiment.js";

export interface JournalHeader {
  readonly mode: "backtest" | "paper";
  /** The run whose folder holds the models. */
  readonly run: string;
  readonly experiment: Experiment;
  readonly dataset: string;
  readonly dataId: string;
  readonly codeVersion: string;
}

export function journalHeader(mode: JournalHeader["mode"], experiment: Experiment, manifest: DatasetManifest, run: string): JournalHeader {
  return { mode, run, experiment, dataset: manifest.name, dataId: manifest.id, codeVersion: codeVersion() };
}
