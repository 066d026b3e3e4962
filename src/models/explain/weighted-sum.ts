// The explanation of a weighted sum of models: the same sum of their explanations, as Shapley values are linear in the model (Shapley 1953).
import { invariant } from "#base/errors.js";
import type { Explainer } from "./explainer.js";

/** All members explain the same features; `offset` is added to the sum of their predictions. Errors add up as if they never canceled. */
export function weightedSum(members: readonly Explainer[], weights: readonly number[], offset = 0): Explainer {
  const [first] = members;
  invariant(first !== undefined && members.length === weights.length, "a sum of explanations needs a weight per member, and a member");
  const each = members.map((member, m) => ({ member, weight: weights[m] as number })).filter(({ weight }) => weight !== 0);
  return {
    method: each.every(({ member }) => member.method === first.method) ? first.method : "sum of its members' explanations",
    exact: each.every(({ member }) => member.exact),
    base: each.reduce((sum, { member, weight }) => sum + weight * member.base, offset),
    baseIs: each.every(({ member }) => member.baseIs === "the mean prediction") ? "the mean prediction" : "the prediction of a mean row",
    background: first.background,
    workPerRow: each.reduce((sum, { member }) => sum + member.workPerRow, 0),
    setupWork: each.reduce((sum, { member }) => sum + member.setupWork, 0),
    async attribute(rows) {
      const prediction = new Float64Array(rows.rows).fill(offset);
      const error = new Float64Array(rows.rows);
      let contributions: Float64Array | null = null;
      for (const { member, weight } of each) {
        const one = await member.attribute(rows);
        contributions ??= new Float64Array(one.contributions.length);
        for (let i = 0; i < contributions.length; i++)
          contributions[i] = (contributions[i] as number) + weight * (one.contributions[i] as number);
        for (let row = 0; row < rows.rows; row++) {
          prediction[row] = (prediction[row] as number) + weight * (one.prediction[row] as number);
          error[row] = (error[row] as number) + Math.abs(weight) * (one.error[row] as number);
        }
      }
      return { prediction, contributions: contributions ?? new Float64Array(0), error };
    },
  };
}
