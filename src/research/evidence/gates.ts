// The gates between a good-looking record and money: declared beforehand, each with its bar, its figure and one sentence. The verdict follows
// from them and from nothing else.
import type { Verdict } from "#domain/run-result.js";
import { chance, percent } from "#research/verdict/words.js";

/** Most points of annual return that seeds alone may be apart. */
export const MOST_SEED_SPREAD = 0.02;
/** Least deflated Sharpe ratio: the chance that the true one is above zero, once all that was tried is counted. */
export const LEAST_DEFLATED_SHARPE = 0.95;
/** Most probability of backtest overfitting. */
export const MOST_OVERFITTING = 0.2;

export interface Gate {
  readonly id: "return" | "seeds" | "deflated-sharpe" | "overfitting" | "null-control" | "determinism" | "leaks" | "provenance";
  readonly title: string;
  /** Null: could not be measured, and so is not passed. */
  readonly passed: boolean | null;
  /** The figure as people read it; null where there is none. */
  readonly figure: string | null;
  readonly bar: string;
  readonly because: string;
}

export interface GateEvidence {
  /** All trials counted. */
  readonly verdict: Verdict;
  /** Annual net return over the baseline, one per seed; the same model for every seed has no spread. */
  readonly seedReturns: readonly number[];
  /** Null where the active return does not vary. */
  readonly deflatedSharpe: { readonly value: number; readonly effectiveTrials: number } | null;
  /** Null with one configuration: nothing was chosen. */
  readonly overfitting: { readonly probability: number; readonly configurations: number } | null;
  /** Null when it was not run. `rank`: share of null markets that did at least as well as the real one. */
  readonly control: { readonly passed: boolean; readonly falseAlarms: number; readonly runs: number; readonly rank: number } | null;
  /** Whether the same models, traded again, gave the same orders. */
  readonly repeated: boolean;
  /** Sentences on what the pipeline used and could not know, none when nothing was found; null when it was not looked for. */
  readonly leaks: { readonly found: readonly string[]; readonly runs: number; readonly cuts: number } | null;
  /** What is wrong with where the data come from, in words; empty when nothing is. */
  readonly doubts: readonly string[];
  /** Names that failed are missing: nothing measured on such data passes. */
  readonly survivorsOnly: boolean;
}

export function gatesOf(evidence: GateEvidence): readonly Gate[] {
  const gates = [
    returnGate(evidence),
    seedGate(evidence),
    deflatedGate(evidence),
    overfittingGate(evidence),
    controlGate(evidence),
    determinismGate(evidence),
    leakGate(evidence),
    provenanceGate(evidence),
  ];
  const against = discredited(evidence);
  if (against === null) return gates;
  return gates
    .map((gate) =>
      gate.passed === true ? { ...gate, passed: false, because: `${gate.because} ${against.why}, so it does not count.` } : gate,
    )
    .sort((a, b) => Number(b.id === against.gate) - Number(a.id === against.gate));
}

/** Why no figure can be believed, whatever it says, and the gate that says so, which comes first; null where nothing is known against all. */
function discredited({ survivorsOnly, leaks }: GateEvidence): { readonly gate: Gate["id"]; readonly why: string } | null {
  if (survivorsOnly) return { gate: "provenance", why: "The data hold survivors only" };
  return leaks !== null && leaks.found.length > 0 ? { gate: "leaks", why: "The pipeline uses what it could not know" } : null;
}

/** "Edge" needs every gate; a record without an edge of its own is "no edge" whatever the gates say. */
export function decideByGates(
  verdict: Verdict,
  gates: readonly Gate[],
): { readonly decision: Verdict["decision"]; readonly because: string } {
  if (verdict.decision === "no edge") return { decision: "no edge", because: verdict.because };
  const closed = gates.filter(({ passed }) => passed !== true);
  if (closed.length === 0) return { decision: "edge", because: `${verdict.because} All ${gates.length} gates are passed.` };
  const titles = closed.map(({ title }) => title.charAt(0).toLowerCase() + title.slice(1));
  return {
    decision: "not enough evidence",
    because: `${closed.length} of ${gates.length} gates ${closed.length === 1 ? "is" : "are"} not passed: ${titles.join(", ")}. ${(closed[0] as Gate).because}`,
  };
}

function returnGate({ verdict }: GateEvidence): Gate {
  return {
    id: "return",
    title: `Net return over ${verdict.over}`,
    passed: verdict.decision === "edge",
    figure: `${percent(verdict.activeReturn)} a year`,
    bar: `above zero at ${percent(verdict.level)}, shared among all trials`,
    because: verdict.because,
  };
}

function seedGate({ seedReturns }: GateEvidence): Gate {
  const spread = Math.max(...seedReturns) - Math.min(...seedReturns);
  const measured = seedReturns.length > 1;
  return {
    id: "seeds",
    title: "Spread over seeds",
    passed: measured ? spread <= MOST_SEED_SPREAD : null,
    figure: measured ? `${(100 * spread).toFixed(1)} points` : null,
    bar: `at most ${(100 * MOST_SEED_SPREAD).toFixed(0)} points a year`,
    because: measured
      ? `Fitted with ${seedReturns.length} seeds, the annual net return over the baseline differs by ${(100 * spread).toFixed(1)} points between the luckiest and the unluckiest.`
      : "Only one seed was run, so nobody knows what another would have given.",
  };
}

function deflatedGate({ deflatedSharpe }: GateEvidence): Gate {
  return {
    id: "deflated-sharpe",
    title: "Deflated Sharpe ratio",
    passed: deflatedSharpe === null ? null : deflatedSharpe.value >= LEAST_DEFLATED_SHARPE,
    figure: deflatedSharpe === null ? null : deflatedSharpe.value.toFixed(3),
    bar: `at least ${LEAST_DEFLATED_SHARPE}`,
    because:
      deflatedSharpe === null
        ? "The active return does not vary, so it has no Sharpe ratio."
        : `With ${deflatedSharpe.effectiveTrials.toFixed(deflatedSharpe.effectiveTrials % 1 === 0 ? 0 : 1)} independent ${deflatedSharpe.effectiveTrials === 1 ? "trial" : "trials"} on these data, the chance that the true Sharpe ratio is above what luck alone gives the best of them is ${chance(deflatedSharpe.value)}.`,
  };
}

function overfittingGate({ overfitting }: GateEvidence): Gate {
  return {
    id: "overfitting",
    title: "Probability of backtest overfitting",
    passed: overfitting === null ? true : overfitting.probability <= MOST_OVERFITTING,
    figure: overfitting === null ? null : percent(overfitting.probability),
    bar: `at most ${percent(MOST_OVERFITTING)}`,
    because:
      overfitting === null
        ? "One configuration was tried, so none was chosen for its result."
        : `Choosing the best of ${overfitting.configurations} configurations on half of the record puts it below their middle on the other half in ${percent(overfitting.probability)} of the splits.`,
  };
}

function controlGate({ control }: GateEvidence): Gate {
  return {
    id: "null-control",
    title: "Null control",
    passed: control?.passed ?? null,
    figure: control === null ? null : `${control.falseAlarms} of ${control.runs}`,
    bar: "no more false alarms than declared, and the real result beyond the nulls",
    because:
      control === null
        ? "The pipeline has not been run on markets in which there is nothing to find."
        : `On ${control.runs} markets with nothing to find the pipeline said "edge" ${control.falseAlarms} times; ${percent(control.rank)} of them did as well as the real one.`,
  };
}

function determinismGate({ repeated }: GateEvidence): Gate {
  return {
    id: "determinism",
    title: "The same again",
    passed: repeated,
    figure: repeated ? "identical" : "different",
    bar: "the same orders, to the last one",
    because: repeated
      ? "The kept models were loaded and traded again, and gave the same list of orders."
      : "The kept models were loaded and traded again, and gave another list of orders: the result cannot be trusted.",
  };
}

function leakGate({ leaks }: GateEvidence): Gate {
  const found = leaks?.found ?? [];
  return {
    id: "leaks",
    title: "Leak check",
    passed: leaks === null ? null : found.length === 0,
    figure: leaks === null ? null : found.length === 0 ? "none found" : `${found.length} found`,
    bar: "nothing moves when the future is altered",
    because:
      leaks === null
        ? "Nobody looked whether the pipeline uses what it could not know."
        : found.length === 0
          ? `Run ${leaks.runs} times on data altered behind ${leaks.cuts} moments, the pipeline said the same of everything before them.`
          : `${found[0] as string}${found.length > 1 ? ` And ${found.length - 1} more of the kind.` : ""}`,
  };
}

function provenanceGate({ doubts: given, survivorsOnly }: GateEvidence): Gate {
  const doubts = given.length === 0 && survivorsOnly ? ["Names that failed are missing."] : given;
  return {
    id: "provenance",
    title: "Where the data come from",
    passed: doubts.length === 0,
    figure: doubts.length === 0 ? "declared" : `${doubts.length} ${doubts.length === 1 ? "doubt" : "doubts"}`,
    bar: "nothing assumed, nobody missing, nothing known before its time",
    because: doubts.length === 0 ? "Everything that no test can see is declared." : doubts.join(" "),
  };
}
