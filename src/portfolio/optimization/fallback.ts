// What happens when an optimizer has no answer: the next of a declared chain is asked, and who answered is told. The last one always answers.
import type { OptimizedPortfolio } from "./portfolio-problem.js";

export interface FallbackStep {
  readonly name: string;
  /** Null: leave everything as it is. */
  readonly solve: (() => OptimizedPortfolio) | null;
}

export interface Answer {
  /** Null: nothing is traded. */
  readonly weights: Float64Array | null;
  /** Name of the step that answered. */
  readonly step: string;
  /** Why those before it did not: one sentence each; empty when the first one answered. */
  readonly failed: readonly string[];
  /** Of a choice among names: how far its objective can be from that of the best choice, in units of the objective; null where it is the best. */
  readonly gap: number | null;
}

/** Asks one step after the other. With nobody left nothing is traded, by the name `hold`. */
export function firstAnswer(steps: readonly FallbackStep[]): Answer {
  const failed: string[] = [];
  for (const { name, solve } of steps) {
    if (solve === null) return { weights: null, step: name, failed, gap: null };
    const found = solve();
    const gap = found.bound === undefined ? null : Math.max(0, found.bound - found.objective);
    if (found.weights !== null) return { weights: found.weights, step: name, failed, gap };
    failed.push(
      found.status === "infeasible"
        ? `${name}: no weights obey ${limitsOf(found.broken)} and the other limits together.`
        : `${name}: no solution was found in ${found.iterations} iterations.`,
    );
  }
  return { weights: null, step: "hold", failed, gap: null };
}

/** Without the rows that only tie a trade or a side to its weight: nobody has asked for them. */
function limitsOf(broken: readonly string[]): string {
  const asked = broken.filter((name) => !/^(trade|side) of \d+$/.test(name));
  return (asked.length === 0 ? broken : asked).join(", ");
}
