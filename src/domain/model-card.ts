// A fitted model's passport: immutable; promotion is a new record.
import type { Micros } from "./time.js";

export interface ModelCard {
  readonly id: string;
  readonly family: string;
  readonly trainedOn: { readonly from: Micros; readonly to: Micros; readonly dataId: string; readonly rows: number };
  readonly features: readonly string[];
  readonly label: { readonly name: string; readonly horizonSessions: number; readonly embargoSessions: number };
  readonly seed: string;
  readonly codeVersion: string;
  readonly artifactHash: string;
  /** Trials recorded on this data before this fit. */
  readonly trialsBeforeThis: number;
}
