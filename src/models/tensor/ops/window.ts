// Windows along time, and what is made of them: convolutions and maxima. All tensors are channels-last, `[batch][time][...][channel]`.
// Windows are gathered by a constant table of positions: one copy, whatever the dilation and the stride.
import { invariant } from "#base/errors.js";
import type { Graph } from "../graph.js";
import { dim, type Tensor } from "../tensor.js";
import { sub } from "./arithmetic.js";
import { equal, where } from "./compare.js";
import { gemm } from "./matrix.js";
import { reduceTo } from "./reduce.js";
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

/** The largest value of each window along time, per channel; the gradient goes to the first of equals. Padding never wins. */
export function maxPool(g: Graph, x: Tensor, { size, padding, stride = 1 }: PoolOptions): Tensor {
  const [batch, time, ...rest] = x.shape as [number, number, ...number[]];
  const { before, after } = paddingOf(padding, size - 1);
  const length = Math.floor((before + time + after - size) / stride) + 1;
  invariant(length > 0, `a window of ${size} steps does not fit into ${time}`);
  const starts = Array.from({ length }, (_, t) => t * stride);
  const pooled = [batch, length, ...rest];
  // Windows are few steps long: one tensor per step of the window, and the largest of them entry by entry.
  const steps = g.withoutTape(() => {
    const padded = padTime(g, x, before, after, -Infinity);
    return Array.from({ length: size }, (_, j) =>
      takeTime(
        g,
        padded,
        starts.map((start) => start + j),
      ),
    );
  });
  const y = g.emit("Max", steps, pooled);
  return g.define(y, [x], (d) => [
    () => {
      let left = d;
      const shares = steps.map((step, j) => {
        if (j === size - 1) return left;
        const share = where(g, equal(g, step, y), left, g.scalar(0));
        left = sub(g, left, share);
        return share;
      });
      // Back to where each step came from; steps that stand in no window at that place read a row of zeros behind the last.
      const parts = shares.map((share, j) => {
        const table = Array.from({ length: time }, (_, t) => {
          const window = (t + before - j) / stride;
          return Number.isInteger(window) && window >= 0 && window < length ? window : length;
        });
        return takeTime(g, padTime(g, share, 0, 1), table);
      });
      return parts.length === 1 ? (parts[0] as Tensor) : g.emit("Sum", parts, x.shape);
    },
  ]);
}

function paddingOf(padding: Padding, span: number): { readonly before: number; readonly after: number } {
  if (padding === "valid") return { before: 0, after: 0 };
  return padding === "causal" ? { before: span, after: 0 } : { before: Math.floor(span / 2), after: Math.ceil(span / 2) };
}

interface Windows {
  /** Steps of padding around time. */
  readonly before: number;
  readonly after: number;
  /** Where each window begins, counted in padded steps, and the steps that it holds, counted from there. */
  readonly starts: readonly number[];
  readonly taps: readonly number[];
  /** Positions beside each other within a step. */
  readonly places: number;
}

/** `[batch][starts * places * taps][channel]`: for each window and each place its steps, one behind the other. */
function gather(g: Graph, x: Tensor, { before, after, starts, taps, places }: Windows): Tensor {
  const padded = padTime(g, reshape(g, x, [dim(x, 0), dim(x, 1) * places, dim(x, -1)]), before * places, after * places);
  const place = Array.from({ length: places }, (_, i) => i);
  return takeTime(
    g,
    padded,
    starts.flatMap((start) => place.flatMap((i) => taps.map((tap) => (start + tap) * places + i))),
  );
}

/** Puts `before` and `after` steps of one value around axis 1. */
function padTime(g: Graph, x: Tensor, before: number, after: number, value = 0): Tensor {
  if (before === 0 && after === 0) return x;
  const ends = (amount: number): readonly number[] => x.shape.map((_, axis) => (axis === 1 ? amount : 0));
  const shape = x.shape.map((size, axis) => (axis === 1 ? before + size + after : size));
  return g.emit("Pad", [x, g.integers([...ends(before), ...ends(after)]), g.scalar(value)], shape);
}

/** The listed positions of axis 1, in their order. */
function takeTime(g: Graph, x: Tensor, positions: readonly number[]): Tensor {
  if (positions.length === dim(x, 1) && positions.every((position, i) => position === i)) return x;
  const shape = x.shape.map((size, axis) => (axis === 1 ? positions.length : size));
  return g.emit("Gather", [x, g.integers(positions)], shape, { attributes: { axis: 1 } });
}
