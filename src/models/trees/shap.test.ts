// SHAP values of trees against their definition, and the laws that they keep.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { randomEnsemble, randomRows } from "#test/trees/random-ensemble.js";
import { goesLeft, TreePredictor } from "./predictor.js";
import { InterventionalExplainer } from "./shap-interventional.js";
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

/** The same where the columns that are not known are those of background rows. */
function gameAgainst(ensemble: TreeEnsemble, row: Float32Array, background: Float32Array, output: number): (known: number) => number {
  const width = row.length;
  const predictor = new TreePredictor(ensemble);
  const rows = background.length / width;
  const scores = new Float64Array(ensemble.outputs);
  return (known) => {
    let sum = 0;
    for (let from = 0; from < background.length; from += width) {
      predictor.row(
        row.map((value, j) => (((known >> j) & 1) === 1 ? value : (background[from + j] as number))),
        0,
        scores,
      );
      sum += scores[output] as number;
    }
    return sum / rows;
  };
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

/** Fujimoto's interaction index over all sets, halved (Lundberg et al. 2020, equation 3). */
function interaction(game: (known: number) => number, players: number, i: number, j: number): number {
  const pair = (1 << i) | (1 << j);
  let sum = 0;
  for (let set = 0; set < 1 << players; set++) {
    if ((set & pair) !== 0) continue;
    const weight = (factorial(bits(set)) * factorial(players - bits(set) - 2)) / (2 * factorial(players - 1));
    sum += weight * (game(set | pair) - game(set | (1 << i)) - game(set | (1 << j)) + game(set));
  }
  return sum;
}

const small = fc.record({
  seed: fc.string(),
  trees: fc.integer({ min: 1, max: 4 }),
  features: fc.integer({ min: 1, max: 6 }),
  leaves: fc.integer({ min: 1, max: 25 }),
  outputs: fc.integer({ min: 1, max: 2 }),
  chain: fc.boolean(),
});

describe("SHAP values of trees", () => {
  it("are those of the definition", () => {
    fc.assert(
      fc.property(small, (shape) => {
        const { features, outputs } = shape;
        const ensemble = randomEnsemble(shape);
        const x = randomRows(shape.seed, 1, features);
        const background = randomRows(`${shape.seed} background`, 3, features);
        const paths = new TreeExplainer(ensemble);
        const against = new InterventionalExplainer(ensemble, background, 3);
        const cells = new Float64Array(outputs * features * features);
        paths.interactions(x, 0, cells);
        const phi = new Float64Array(outputs * features);
        for (let output = 0; output < outputs; output++) {
          for (const [explainer, game] of [
            [paths, gameOf(ensemble, x, output)],
            [against, gameAgainst(ensemble, x, background, output)],
          ] as const) {
            explainer.row(x, 0, phi);
            expect(explainer.expected[output]).toBeCloseTo(game(0), 10);
            shapley(game, features).forEach((value, j) => expect(phi[output * features + j]).toBeCloseTo(value, 10));
          }
          const game = gameOf(ensemble, x, output);
          for (let i = 0; i < features; i++)
            for (let j = 0; j < features; j++)
              if (i !== j) expect(cells[(output * features + i) * features + j]).toBeCloseTo(interaction(game, features, i, j), 10);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("stay right when explainers of other trees are asked in between, and beyond the first page of memory", () => {
    const shapes = [30, 3000, 8].map((leaves) => ({ seed: `${leaves}`, trees: 3, features: 9, leaves, chain: false }));
    const asked = shapes.map((shape) => {
      const ensemble = randomEnsemble(shape);
      const x = randomRows(shape.seed, 200, shape.features);
      const explainer = new TreeExplainer(ensemble);
      return { explainer, ensemble, x, first: new Float64Array(200 * 9) };
    });
    for (const { explainer, x, first } of asked) explainer.rows(x, 200, first);
    for (const { explainer, x, first } of asked) {
      const again = new Float64Array(200 * 9);
      explainer.rows(x, 200, again);
      expect(again).toEqual(first);
    }
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
        const scores = new Float64Array(rows * outputs);
        new TreePredictor(ensemble).rows(x, rows, scores);
        const paths = new TreeExplainer(ensemble);
        for (const explainer of [paths, new InterventionalExplainer(ensemble, randomRows(`${shape.seed} background`, 4, features), 4)]) {
          const phi = new Float64Array(rows * outputs * features);
          explainer.rows(x, rows, phi);
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
        }
        const cells = new Float64Array(outputs * features * features);
        const values = new Float64Array(outputs * features);
        paths.interactions(x, 0, cells);
        paths.row(x, 0, values);
        for (let at = 0; at < values.length; at++) {
          const line = cells.subarray(at * features, (at + 1) * features);
          expect(Math.abs(line.reduce((sum, cell) => sum + cell, 0) - (values[at] as number))).toBeLessThan(1e-9);
        }
      }),
      { numRuns: 60 },
    );
  });
});
