// What an ensemble says of itself: how good each member was out of sample, what it weighs, what the others lack without it, and how alike
// the members are. All from predictions of samples that neither the members nor the weights had seen.
import { spearman } from "#base/correlation.js";
import type { EnsembleReport } from "#domain/ensemble-report.js";
import type { FittedModel } from "#ports/model.js";
import { type Evidence, evidenceWithout } from "./evidence.js";
import { weightsOf } from "./hedge.js";
import { type Learned, type Method, outOfSample } from "./learn.js";
import { meanMerit, measureOf, meritsOf } from "./merit.js";

export interface Named {
  readonly name: string;
  readonly family: string;
}

export async function reportOf(
  names: readonly Named[],
  method: Method,
  evidence: Evidence,
  { combination, fellBack }: Learned,
  weights: readonly number[],
): Promise<EnsembleReport> {
  const scoreOf = async (part: Evidence): Promise<number | null> => meanMerit(meritsOf(part, await outOfSample(method, part)));
  const score = await scoreOf(evidence);
  const members: EnsembleReport["members"][number][] = [];
  for (const [m, { name, family }] of names.entries()) {
    const without = await scoreOf(evidenceWithout(evidence, m));
    members.push({
      name,
      family,
      weight: weights[m] as number,
      score: meanMerit(meritsOf(evidence, (evidence.members[m] as { expectedReturn: Float64Array }).expectedReturn)),
      contribution: score === null || without === null ? null : score - without,
    });
  }
  const byRegime = combination.kind === "dynamic" && combination.regime !== null ? combination : null;
  return {
    combine: method.combine,
    measure: measureOf(evidence),
    score,
    members,
    correlation: correlations(evidence),
    regimes:
      byRegime === null
        ? null
        : {
            feature: byRegime.regime as string,
            cuts: byRegime.dynamic.cuts,
            weights: byRegime.dynamic.perRegime.map(({ logs }) => weightsOf(logs)),
          },
    fellBack,
  };
}

function correlations(evidence: Evidence): readonly (readonly (number | null)[])[] {
  const { members, starts } = evidence;
  const ranked = measureOf(evidence) === "rank correlation";
  const between = (a: Float64Array, b: Float64Array): number | null => {
    if (!ranked) return spearman(a, b);
    const each = Float64Array.from({ length: starts.length - 1 }, (_, t) => {
      const [from, to] = [starts[t] as number, starts[t + 1] as number];
      return spearman(a.subarray(from, to), b.subarray(from, to)) ?? Number.NaN;
    });
    return meanMerit(each);
  };
  return members.map(({ expectedReturn: a }, i) =>
    members.map(({ expectedReturn: b }, j) => (i === j ? 1 : j < i ? between(b, a) : between(a, b))),
  );
}

/** Of an ensemble, or of a model around one; null of any other. */
export function ensembleReport(model: FittedModel): EnsembleReport | null {
  const { report } = model as { readonly report?: Partial<EnsembleReport> };
  return report?.combine === undefined ? null : (report as EnsembleReport);
}

/** One line per member, and one for all. */
export function ensembleLines({ combine, measure, score, members, correlation, fellBack }: EnsembleReport): readonly string[] {
  const number = (value: number | null): string => (value === null ? "-" : value.toFixed(4)).padStart(11);
  const width = Math.max(24, ...members.map(({ name }) => name.length + 2));
  const others = correlation.map((row, m) =>
    meanMerit(
      Float64Array.from(
        row.filter((_, j) => j !== m),
        (value) => value ?? Number.NaN,
      ),
    ),
  );
  return [
    `${`ENSEMBLE, ${combine}`.padEnd(width)}${["weight", measure === "direction" ? "direction" : "rank IC", "gain", "likeness"].map((title) => title.padStart(11)).join("")}`,
    ...members.map(
      ({ name, weight, score: own, contribution }, m) =>
        `${name.padEnd(width)}${[weight, own, contribution, others[m] ?? null].map(number).join("")}`,
    ),
    `${"together".padEnd(width)}${"".padStart(11)}${number(score)}`,
    ...(fellBack ? ["No member was worth anything out of sample: all count alike."] : []),
  ];
}
