// What a comparison found, as plain data: kept as comparison.json. The same data, folds, costs, code and models give the same bytes.
import type { Experiment } from "../config/experiment.js";
import type { ComparedModel } from "./compared-model.js";

export interface ComparisonResult {
  readonly name: string;
  readonly dataset: { readonly name: string; readonly instruments: number; readonly survivorsOnly: boolean };
  /** Their number. */
  readonly features: number;
  readonly label: Experiment["label"];
  /** Sessions of the accounts. */
  readonly from: string;
  readonly to: string;
  readonly decisions: number;
  /** Days of the first and last decision trained on, of the latest end of a label, and of the first and last decision tested. */
  readonly folds: readonly {
    readonly trainFrom: string;
    readonly trainTo: string;
    readonly labelsEndBy: string;
    readonly testFrom: string;
    readonly testTo: string;
  }[];
  readonly over: "equal weight" | "cash";
  readonly equalWeight: { readonly netReturn: number; readonly sharpe: number | null; readonly turnover: number };
  readonly models: readonly ComparedModel[];
  /** Name of the model that the others are held against. */
  readonly baseline: string;
  /** Decisions that the tests of forecasts are over, and how many of them a label overlaps with, its own included. */
  readonly tested: { readonly decisions: number; readonly steps: number };
  /** Experiments tried on these data, those of this comparison included. */
  readonly trials: number;
}
