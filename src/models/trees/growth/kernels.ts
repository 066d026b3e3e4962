// The compiled kernels of kernels.as.ts, typed. Addresses and lengths are whole numbers below 2^32.
import { KERNELS } from "./kernels-wasm.js";

export interface Kernels {
  histogram(pairs: number, n: number, cells: number, stride: number, columns: number, groups: number, scratch: number, out: number): number;
  mergeBins(from: number, to: number, bins: number): void;
  settleBins(from: number, to: number, sibling: number, bins: number): void;
  bestNumber(bins: number, count: number, g: number, h: number, lambda: number, least: number, out: number): void;
  bestNumberWith(
    bins: number,
    count: number,
    g: number,
    h: number,
    lambda: number,
    least: number,
    out: number,
    l1: number,
    direction: number,
    lower: number,
    upper: number,
    chance: number,
  ): void;
  partition(pairs: number, n: number, cells: number, stride: number, table: number, to: number): number;
  settlePairs(from: number, lefts: number, n: number, left: number, right: number): void;
  largest(values: number, rows: number, from: number, n: number): number;
  quantize(
    gradient: number,
    hessian: number,
    rows: number,
    from: number,
    n: number,
    gradientScale: number,
    hessianScale: number,
    seed: number,
    pairs: number,
    out: number,
  ): void;
  sums(pairs: number, n: number, gradient: number, hessian: number, weight: number, out: number): void;
  assign(pairs: number, n: number, leaf: number, leafOf: number): void;
  walk(rows: number, from: number, n: number, cells: number, stride: number, nodes: number, leafOf: number): void;
  addValues(leafOf: number, values: number, scores: number, from: number, n: number): void;
  sortFloats(values: number, spare: number, n: number, counts: number): void;
  binNumbers(x: number, step: number, n: number, cuts: number, cells: number, stride: number, column: number): void;
}

export function compileKernels(): WebAssembly.Module {
  return new WebAssembly.Module(Buffer.from(KERNELS, "base64"));
}

export function openKernels(module: WebAssembly.Module, memory: WebAssembly.Memory): Kernels {
  return new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Kernels;
}
