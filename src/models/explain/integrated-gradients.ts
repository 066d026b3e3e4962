// Integrated gradients of nets along the straight line from a mean row (Sundararajan, Taly & Yan 2017, eq. 1), in standardized inputs.
import { normalizeRows } from "#models/neural/normalize-input.js";
import { type ScoreGradient, scoreGradient } from "#models/neural/score-gradient.js";
import type { TrainedNet } from "#models/neural/trained-net.js";
import { gaussLegendre } from "#models/trees/gauss-legendre.js";
import { type Explainer, isKnownRow, type Rows } from "./explainer.js";

export interface IntegratedGradients extends Explainer {
  /** `[row][step][feature]`: the contributions of `attribute` are its sums over steps. */
  overTime(rows: Rows): Promise<Float64Array>;
}

/** Points on the line: as many at first, doubled up to the most for rows whose contributions do not add up. */
const FIRST_POINTS = 16;
const MOST_POINTS = 128;
/** Of the absolute contributions together: what their sum may miss before more points are taken. */
const TOLERANCE = 0.005;
const BATCH = 64;

/** A net with its graph of gradients, which stays open: for one explanation after another. */
export interface OpenNet {
  readonly net: TrainedNet;
  readonly graph: ScoreGradient;
}

export function openNet(net: TrainedNet): OpenNet {
  return { net, graph: scoreGradient(net, BATCH) };
}

/**
 * The line starts at the mean of the standardized background, what is not known being 0 there as for the net. The integral is a
 * Gauss-Legendre sum; a kink on the line (ReLU) costs accuracy, so points are doubled until the contributions add up to within half a
 * per cent of their absolute sum, at most 128. What is still missing is the error.
 */
export async function integratedGradients({ net, graph }: OpenNet, background: Rows): Promise<IntegratedGradients> {
  const k = net.features.length;
  const width = net.config.steps * k;
  const center = meanRow(standardized(net, background), width);
  const ask = asker(graph, width);
  const base = (await ask(center, 1)).score[0] as number;

  const explain = async ({ x, rows }: Rows): Promise<{ cells: Float64Array; prediction: Float64Array; error: Float64Array }> => {
    const cells = new Float64Array(rows * width).fill(Number.NaN);
    const error = new Float64Array(rows);
    const z = standardized(net, { x, rows });
    const { score } = await ask(z, rows);
    const prediction = Float64Array.from(score);
    let open = [...prediction.keys()].filter((row) => isKnownRow(x, row, width));
    prediction.forEach((_, row) => {
      if (!isKnownRow(x, row, width)) prediction[row] = Number.NaN;
    });
    for (let points = FIRST_POINTS; points <= MOST_POINTS && open.length > 0; points *= 2) {
      const rule = gaussLegendre(points);
      const short: number[] = [];
      const together = Math.max(1, Math.floor(BATCH / points));
      for (let from = 0; from < open.length; from += together) {
        const group = open.slice(from, from + together);
        const line = new Float32Array(group.length * points * width);
        group.forEach((row, n) => {
          for (let p = 0, to = n * points * width; p < points; p++)
            for (let at = 0; at < width; at++, to++)
              line[to] = (center[at] as number) + (rule.points[p] as number) * ((z[row * width + at] as number) - (center[at] as number));
        });
        const { gradient } = await ask(line, group.length * points);
        for (const [n, row] of group.entries()) {
          let missing = (prediction[row] as number) - base;
          let size = 0;
          for (let at = 0; at < width; at++) {
            let sum = 0;
            for (let p = 0; p < points; p++) sum += (rule.weights[p] as number) * (gradient[(n * points + p) * width + at] as number);
            const cell = sum * ((z[row * width + at] as number) - (center[at] as number));
            cells[row * width + at] = cell;
            missing -= cell;
            size += Math.abs(cell);
          }
          error[row] = Math.abs(missing);
          if (Math.abs(missing) > TOLERANCE * size) short.push(row);
        }
      }
      open = short;
    }
    return { cells, prediction, error };
  };

  return {
    method: "integrated gradients",
    exact: false,
    base,
    baseIs: "the prediction of a mean row",
    background: background.rows,
    // The gradient costs about twice a prediction.
    workPerRow: 3 * (2 * MOST_POINTS - FIRST_POINTS),
    setupWork: 3,
    async attribute(rows) {
      const { cells, prediction, error } = await explain(rows);
      const contributions = new Float64Array(rows.rows * k);
      for (let at = 0; at < cells.length; at++) {
        const to = Math.floor(at / width) * k + (at % k);
        contributions[to] = (contributions[to] as number) + (cells[at] as number);
      }
      return { prediction, contributions, error };
    },
    overTime: async (rows) => (await explain(rows)).cells,
  };
}

function standardized(net: TrainedNet, { x, rows }: Rows): Float32Array {
  const z = x.slice(0, rows * net.config.steps * net.features.length);
  normalizeRows(z, net.normalization);
  return z;
}

function meanRow(z: Float32Array, width: number): Float32Array {
  const rows = z.length / width;
  return Float32Array.from({ length: width }, (_, at) => {
    let sum = 0;
    for (let row = 0; row < rows; row++) sum += z[row * width + at] as number;
    return sum / rows;
  });
}

/** Asks for any number of windows in batches of the graph's size, the last one filled with zeros. */
function asker(graph: ScoreGradient, width: number) {
  const { batch } = graph;
  return async (z: Float32Array, rows: number): Promise<{ readonly score: Float32Array; readonly gradient: Float32Array }> => {
    const score = new Float32Array(rows);
    const gradient = new Float32Array(rows * width);
    const part = new Float32Array(batch * width);
    for (let start = 0; start < rows; start += batch) {
      const n = Math.min(batch, rows - start);
      part.fill(0).set(z.subarray(start * width, (start + n) * width));
      const out = await graph.run(part);
      score.set(out.score.subarray(0, n), start);
      gradient.set(out.gradient.subarray(0, n * width), start * width);
    }
    return { score, gradient };
  };
}
