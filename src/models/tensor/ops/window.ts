// Windows along time, and what is made of them: convolutions and maxima. All tensors are channels-last, `[batch][time][...][channel]`.
// Windows are gathered by a constant table of positions: one copy, whatever the dilation and the stride.
import { invariant } from "#base/errors.js";
import type { Graph } from "../graph.js";
import { dim, type Tensor } from "../tensor.js";
import { gemm } from "./matrix.js";
import { max, reduceTo, sum } from "./reduce.js";
import { reshape, transpose } from "./shape.js";

/** `causal`: all padding before the first step, so that nothing later is seen; `same`: on both sides; `valid`: none. */
export type Padding = "causal" | "same" | "valid";

interface WindowOptions {
  /** Steps that one window holds. */
  readonly size: number;
  readonly padding: Padding;
}

export interface ConvolutionOptions extends WindowOptions {
  /** Steps between the ones that a window holds; 1 when left out. */
  readonly dilation?: number;
}

export interface PoolOptions extends WindowOptions {
  /** Steps from one window to the next; 1 when left out. */
  readonly stride?: number;
}

/**
 * Convolution along time, stride 1: `[batch][time][...][in]` to `[batch][time][...][out]`; `valid` shortens time. `weight`:
 * `[out][size * in]`, the earliest step of the window first. Axes between time and the channels are left alone; a convolution along one of
 * them whose stride is its size needs no windows: reshape so that the size joins the channels, then `linear`.
 */
export function convolution(g: Graph, x: Tensor, weight: Tensor, bias: Tensor | null, options: ConvolutionOptions): Tensor {
  const { size, padding, dilation = 1 } = options;
  const [batch, time, ...rest] = x.shape as [number, number, ...number[]];
  const inputs = rest.pop() as number;
  const outputs = dim(weight, 0);
  invariant(dim(weight, 1) === size * inputs, `a convolution of ${size} steps of ${inputs} channels has ${dim(weight, 1)} weights`);
  const places = rest.reduce((product, n) => product * n, 1);
  const span = (size - 1) * dilation;
  const { before, after } = paddingOf(padding, span);
  const length = before + time + after - span;
  invariant(length > 0, `a window of ${span + 1} steps does not fit into ${time}`);
  const rows = batch * length * places;

  const { columns, y } = g.withoutTape(() => {
    const starts = Array.from({ length }, (_, t) => t);
    const taps = Array.from({ length: size }, (_, j) => j * dilation);
    const columns = reshape(g, gather(g, x, { before, after, starts, taps, places }), [rows, size * inputs]);
    const product = gemm(g, columns, weight, { transposeB: true, add: bias });
    return { columns, y: reshape(g, product, [batch, length, ...rest, outputs]) };
  });
  g.record(bias === null ? [x, weight] : [x, weight, bias], [y], ([d]) => {
    const flat = reshape(g, d as Tensor, [rows, outputs]);
    return [
      // The input's gradient is a convolution of d that looks the other way: x at t went into the windows that begin `j * dilation` earlier.
      () => {
        const margins = { before: span - before, after: span - after };
        const starts = Array.from({ length: time }, (_, t) => t + span);
        const taps = Array.from({ length: size }, (_, j) => -j * dilation);
        const windows = reshape(g, gather(g, d as Tensor, { ...margins, starts, taps, places }), [batch * time * places, size * outputs]);
        const turned = transpose(g, reshape(g, weight, [outputs, size, inputs]), [1, 0, 2]);
        return reshape(g, gemm(g, windows, reshape(g, turned, [size * outputs, inputs]), {}), x.shape);
      },
      () => gemm(g, flat, columns, { transposeA: true }),
      () => reduceTo(g, flat, [outputs]),
    ];
  });
  return y;
}

/** The largest value of each window along time, per channel. Padding never wins. */
export function maxPool(g: Graph, x: Tensor, { size, padding, stride = 1 }: PoolOptions): Tensor {
  const [batch, time, ...rest] = x.shape as [number, number, ...number[]];
  const { before, after } = paddingOf(padding, size - 1);
  const length = Math.floor((before + time + after - size) / stride) + 1;
  invariant(length > 0, `a window of ${size} steps does not fit into ${time}`);
  const width = rest.reduce((product, n) => product * n, 1);
  const windows = overlapping(g, reshape(g, x, [batch, time, width]), { size, stride, before, after, length });
  return reshape(g, max(g, windows, 2), [batch, length, ...rest]);
}

interface Overlapping {
  readonly size: number;
  readonly stride: number;
  readonly before: number;
  readonly after: number;
  readonly length: number;
}

/** `[batch][time][width]` to `[batch][length][size][width]`, padded with minus infinity. */
function overlapping(g: Graph, x: Tensor, { size, stride, before, after, length }: Overlapping): Tensor {
  const [batch, time, width] = x.shape as [number, number, number];
  const starts = Array.from({ length }, (_, t) => t * stride);
  const taps = Array.from({ length: size }, (_, j) => j);
  const windows = g.withoutTape(() => gather(g, x, { before, after, starts, taps, places: 1, fill: -Infinity }));
  const y = g.withoutTape(() => reshape(g, windows, [batch, length, size, width]));
  return g.define(y, [x], (d) => [
    () => {
      // Each step adds up the places in which it stands; the ones it lacks are read from one row of zeros behind the last.
      const readers = Array.from({ length: time }, (_, t) =>
        starts.flatMap((start, window) => {
          const tap = t + before - start;
          return tap >= 0 && tap < size ? [window * size + tap] : [];
        }),
      );
      const most = Math.max(...readers.map((places) => places.length));
      const nowhere = length * size;
      const table = readers.flatMap((places) => Array.from({ length: most }, (_, i) => places[i] ?? nowhere));
      const padded = g.emit("Pad", [reshape(g, d, [batch, nowhere, width]), g.integers([0, 0, 0, 0, 1, 0])], [batch, nowhere + 1, width]);
      const spread = g.emit("Gather", [padded, g.integers(table)], [batch, table.length, width], { attributes: { axis: 1 } });
      return sum(g, reshape(g, spread, [batch, time, most, width]), [2]);
    },
  ]);
}

function paddingOf(padding: Padding, span: number): { readonly before: number; readonly after: number } {
  if (padding === "valid") return { before: 0, after: 0 };
  return padding === "causal" ? { before: span, after: 0 } : { before: Math.floor(span / 2), after: Math.ceil(span / 2) };
}

interface Windows {
  /** Steps of padding around time; negative ones cut. */
  readonly before: number;
  readonly after: number;
  /** Where each window begins, counted in padded steps, and the steps that it holds, counted from there. */
  readonly starts: readonly number[];
  readonly taps: readonly number[];
  /** Positions beside each other within a step. */
  readonly places: number;
  readonly fill?: number;
}

/** `[batch][starts * places * taps][channel]`: for each window and each place its steps, one behind the other. */
function gather(g: Graph, x: Tensor, { before, after, starts, taps, places, fill = 0 }: Windows): Tensor {
  const batch = dim(x, 0);
  const channels = dim(x, -1) * (places === 1 ? x.shape.slice(2, -1).reduce((product, n) => product * n, 1) : 1);
  const rows = (dim(x, 1) + before + after) * places;
  const flat = reshape(g, x, [batch, dim(x, 1) * places, channels]);
  const pads = g.integers([0, before * places, 0, 0, after * places, 0]);
  const padded = before === 0 && after === 0 ? flat : g.emit("Pad", [flat, pads, g.scalar(fill)], [batch, rows, channels]);
  const table = starts.flatMap((start) =>
    Array.from({ length: places }, (_, place) => taps.map((tap) => (start + tap) * places + place)).flat(),
  );
  if (table.length === rows && table.every((row, i) => row === i)) return padded;
  return g.emit("Gather", [padded, g.integers(table)], [batch, table.length, channels], { attributes: { axis: 1 } });
}
