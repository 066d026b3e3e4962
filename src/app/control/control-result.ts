// What a control found, as plain data: kept as control.json in the workspace, under the id of the run that it controls.
// The same experiment, data, code and seed give the same bytes, in whatever order the repetitions came to their end.
import type { RunResult, Verdict } from "#domain/run-result.js";
import type { NullKind } from "#research/controls/null-kind.js";
import type { NullProof } from "#research/controls/prove-null.js";

/** What one run of the whole pipeline came to. */
export interface ControlFigures {
  /** At the declared level; no trial counted. */
  readonly decision: Verdict["decision"];
  readonly pValue: number;
  /** Mean over decisions; null where none could be measured. */
  readonly rankIc: number | null;
  /** Annual, of the account; null when it does not vary. */
  readonly sharpe: number | null;
  /** Annual net information ratio over the baseline: what the verdict is about. Null when the account does not differ from it. */
  readonly information: number | null;
  /** Annual net return over the baseline. */
  readonly excess: number;
  readonly turnover: number;
}

export interface Repetition extends ControlFigures {
  readonly kind: NullKind | "planted";
  readonly draw: number;
  /** Planted markets only: the size that was planted, as it came out in the data, and what an oracle earned of it after costs. */
  readonly planted: { readonly size: number; readonly measuredIc: number; readonly oracleInformation: number | null } | null;
}

/** Where the real figure lies among those of the nulls. */
export interface Place {
  readonly real: number | null;
  readonly mean: number;
  readonly deviation: number;
  readonly lowest: number;
  readonly highest: number;
  /** Share of nulls at or above the real figure, itself counted with them: (1 + number) / (1 + draws). */
  readonly pValue: number;
}

export interface Rate {
  readonly count: number;
  readonly of: number;
  /** 95 % interval of Clopper and Pearson. */
  readonly low: number;
  readonly high: number;
}

export interface NullOutcome {
  readonly kind: NullKind;
  readonly proof: NullProof;
  /** Empty when the null was refused. */
  readonly repetitions: readonly Repetition[];
  /** Verdicts "edge" where nothing is to be found. */
  readonly falseAlarms: Rate;
  /** Chance of at least so many at the declared level. */
  readonly alarmsPValue: number;
  /** Two-sided, Student's t over the draws: whether the mean rank IC of the nulls is zero. */
  readonly icPValue: number;
  readonly rankIc: Place;
  readonly information: Place;
  readonly excess: Place;
}

export interface PowerPoint {
  readonly size: number;
  readonly found: Rate;
  /** Means over the repetitions. */
  readonly measuredIc: number;
  readonly oracleInformation: number;
  readonly information: number;
  readonly rankIc: number;
}

export interface GateCheck {
  readonly name: string;
  readonly passes: boolean;
  /** One sentence. */
  readonly because: string;
}

export interface ControlResult {
  readonly schema: 1;
  readonly name: string;
  /** Id of the run that was controlled. */
  readonly run: string;
  readonly identity: Omit<RunResult["identity"], "runtime">;
  readonly dataset: RunResult["dataset"];
  /** First and last session of the accounts. */
  readonly from: string;
  readonly to: string;
  readonly over: Verdict["over"];
  /** Level of the verdict. */
  readonly level: number;
  /** The search that was repeated on every market; null where settings stood as they are. */
  readonly search: { readonly trials: number; readonly settings: readonly string[] } | null;
  readonly real: ControlFigures;
  readonly nulls: readonly NullOutcome[];
  /** By size, rising. */
  readonly power: readonly PowerPoint[];
  /** Size that is found four times in five, between the measured points; null when none of them is. */
  readonly detectable: number | null;
  readonly gate: { readonly passes: boolean; readonly checks: readonly GateCheck[] };
}
