// What the detector says: findings in sentences, and how much was tried before it said so.
import type { Micros } from "#domain/time.js";

/**
 * Code leaks, proven by running the pipeline: `looks-ahead` (reads data of later sessions), `unclosed-bar` (reads a bar that had not closed),
 * `unpublished-fact`, `future-universe` (knows which names die or list later), `future-decisions` (when to decide is chosen by the future),
 * `early-fill`, `stale-price`, `future-price`, `untraded-price`, `label-interval` (a label is made outside its declared interval),
 * `test-in-training`, `overlapping-labels`, `held-out-data` (a model moved when only the labels it is tested on were altered).
 * Data leaks, told by provenance: `survivors-only`, `universe-of-today`, `latest-vintage`, `no-publication-times`, `adjusted-levels`,
 * `contradicted-provenance`.
 * Neither: `not-deterministic`, `changed-world` (nothing can be told of such a pipeline), `needs-future`, `sample-length`, `not-tested`.
 */
export type LeakKind =
  | "looks-ahead"
  | "unclosed-bar"
  | "unpublished-fact"
  | "future-universe"
  | "future-decisions"
  | "early-fill"
  | "stale-price"
  | "future-price"
  | "untraded-price"
  | "label-interval"
  | "test-in-training"
  | "overlapping-labels"
  | "held-out-data"
  | "survivors-only"
  | "universe-of-today"
  | "latest-vintage"
  | "no-publication-times"
  | "adjusted-levels"
  | "contradicted-provenance"
  | "not-deterministic"
  | "changed-world"
  | "needs-future"
  | "sample-length"
  | "not-tested";

/**
 * `leak`: the code uses what it could not know, shown by a run. `refused`: no result of this pipeline on this data counts. `stamped`: the
 * data cannot be vouched for; results must say so. `note`: worth knowing, held against nobody.
 */
export type Severity = "leak" | "refused" | "stamped" | "note";

export interface LeakFinding {
  readonly kind: LeakKind;
  readonly severity: Severity;
  /** `feature mom_20`, `predictions`, `fold 3`, `fills`, `labels`, `data`. */
  readonly where: string;
  /** Sentences for a person. */
  readonly evidence: string;
  /** First decision that is wrong; null where no single one is. */
  readonly decision: Micros | null;
  /** Sessions from that decision to the latest data that moves it; null where that was not measured. */
  readonly sessionsAhead: number | null;
}

export interface LeakReport {
  readonly subject: string;
  /** Leaks first, notes last. */
  readonly findings: readonly LeakFinding[];
  /** Neither a leak, nor refused, nor stamped. */
  readonly clean: boolean;
  /** Times the pipeline was run, and how many of those runs failed. */
  readonly runs: number;
  readonly failedRuns: number;
  /** Different moments behind which the world was altered. */
  readonly cuts: number;
  readonly decisions: number;
  readonly features: number;
}

const ORDER: readonly Severity[] = ["leak", "refused", "stamped", "note"];

/** Stable: findings of one severity keep their order. */
export function bySeverity(findings: readonly LeakFinding[]): LeakFinding[] {
  return [...findings].sort((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity));
}

/** A finding about no single decision. */
export function finding(kind: LeakKind, severity: Severity, where: string, evidence: string): LeakFinding {
  return { kind, severity, where, evidence, decision: null, sessionsAhead: null };
}
