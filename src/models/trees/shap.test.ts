// SHAP values of trees against their definition, and the laws that they keep.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { randomEnsemble, randomRows } from "#test/trees/random-ensemble.js";
import { goesLeft, TreePredictor } from "./predictor.js";
import { TreeExplainer } from "./shap.js";
import type { TreeEnsemble } from "./tree-ensemble.js";

/** What the trees say when only the columns of a set are known: elsewhere both ways are taken, by the weight of the training rows. */
function gameOf(ensemble: TreeEnsemble, row: ArrayLike<number>, output: number): (known: number) => number {
  const { feature, left, right, cover, value } = ensemble;
  const below = (node: number, known: number): number => {
    const column = feature[node] as number;
    if (column < 0) return value[node] as number;
    const [a, b] = [left[node] as number, right[node] as number];
    if (((known >> column) & 1) === 1) return below(goesLeft(ensemble, node, row[column] as number) ? a : b, known);
    return ((cover[a] as number) * below(a, known) + (cover[b] as number) * below(b, known)) / (cover[node] as number);
  };
  return (known) =>
    ensemble.root.reduce(
      (sum, root, tree) => sum + (ensemble.output[tree] === output ? below(root, known) : 0),
      ensemble.base[output] as number,
    );
}

const factorial = (n: number): number => (n <= 1 ? 1 : n * factorial(n - 1));
const bits = (set: number): number => (set === 0 ? 0 : (set & 1) + bits(set >> 1));

/** Shapley (1953), over all sets. */
function shapley(game: (known: number) => number, players: number): Float64Array {
  const phi = new Float64Array(players);
  for (let set = 0; set < 1 << players; set++)
    for (let j = 0; j < players; j++) {
      if (((set >> j) & 1) === 1) continue;
      const weight = (factorial(bits(set)) * factorial(players - bits(set) - 1)) / factorial(players);
      phi[j] = (phi[j] as number) + weight * (game(set | (1 << j)) - game(set));
    }
  return phi;
}

describe("SHAP values of trees", () => {
  it("are those of the definition", () => {
    const shape = fc.record({
      seed: fc.string(),
      trees: fc.integer({ min: 1, max: 4 }),
      features: fc.integer({ min: 1, max: 6 }),
      leaves: fc.integer({ min: 1, max: 25 }),
      outputs: fc.integer({ min: 1, max: 2 }),
      chain: fc.boolean(),
    });
    fc.assert(
      fc.property(shape, (shape) => {
        const ensemble = randomEnsemble(shape);
        const x = randomRows(shape.seed, 1, shape.features);
        const explainer = new TreeExplainer(ensemble);
        const phi = new Float64Array(shape.outputs * shape.features);
        explainer.row(x, 0, phi);
        for (let output = 0; output < shape.outputs; output++) {
          const game = gameOf(ensemble, x, output);
          expect(explainer.expected[output]).toBeCloseTo(game(0), 10);
          shapley(game, shape.features).forEach((value, j) => expect(phi[output * shape.features + j]).toBeCloseTo(value, 10));
        }
      }),
      { numRuns: 60 },
    );
  });

  it("add up to the score, however deep, sparse or many the trees are", () => {
    const shape = fc.record({
      seed: fc.string(),
      trees: fc.integer({ min: 0, max: 12 }),
      features: fc.integer({ min: 1, max: 60 }),
      leaves: fc.integer({ min: 1, max: 120 }),
      outputs: fc.integer({ min: 1, max: 3 }),
      chain: fc.boolean(),
    });
    fc.assert(
      fc.property(shape, (shape) => {
        const { features, outputs } = shape;
        const ensemble = randomEnsemble(shape);
        const rows = 5;
        const x = randomRows(shape.seed, rows, features);
        const explainer = new TreeExplainer(ensemble);
        const phi = new Float64Array(rows * outputs * features);
        explainer.rows(x, rows, phi);
        const scores = new Float64Array(rows * outputs);
        new TreePredictor(ensemble).rows(x, rows, scores);
        const single = new Float64Array(outputs * features);
        for (let row = 0; row < rows; row++) {
          explainer.row(x, row * features, single);
          expect(phi.subarray(row * outputs * features, (row + 1) * outputs * features)).toEqual(single);
          for (let output = 0; output < outputs; output++) {
            const values = single.subarray(output * features, (output + 1) * features);
            const sum = values.reduce((sum, value) => sum + value, explainer.expected[output] as number);
            expect(Math.abs(sum - (scores[row * outputs + output] as number))).toBeLessThan(1e-9);
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});
