// The compiled kernels of dense-kernel.as.ts, typed, and the memory that they work in: one for the whole thread. Whoever opens it has all of it
// until the next one does, so that a solution must be finished before another begins. Addresses are of bytes.
import { TruewindError } from "#base/errors.js";
import { KERNELS } from "./dense-kernel-wasm.js";

export interface DenseKernel {
  factorDense(matrix: number, groups: number, above: number, least: number, pivots: number, work: number): void;
  solveDense(matrix: number, groups: number, pivots: number, x: number): void;
  takeProductOff(matrix: number, groups: number, x: number, y: number): void;
  eliminateRun(values: number, pivots: number, count: number, rows: number, sums: number, work: number): void;
  runOffRows(values: number, count: number, rows: number, x: number, y: number): void;
  runOffColumns(values: number, count: number, rows: number, y: number, x: number): void;
}

const PAGE = 65_536;

let opened: { readonly kernel: DenseKernel; readonly memory: WebAssembly.Memory } | null = null;

/** Room for arrays of so many numbers, all 0, in this order. Throws `out-of-memory`. */
export function openDense(lengths: readonly number[]): { readonly kernel: DenseKernel; readonly arrays: readonly Float64Array[] } {
  if (opened === null) {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 65_536, shared: true });
    const module = new WebAssembly.Module(Buffer.from(KERNELS, "base64"));
    opened = { kernel: new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as DenseKernel, memory };
  }
  const { kernel, memory } = opened;
  const bytes = 8 * lengths.reduce((sum, length) => sum + length, 0);
  const missing = bytes - memory.buffer.byteLength;
  try {
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
  } catch (cause) {
    const size = `${Math.ceil(bytes / 2 ** 20).toLocaleString("en")} MiB`;
    throw new TruewindError("out-of-memory", `Optimizing this portfolio takes ${size} at once, which are not there: give fewer names.`, {
      cause,
    });
  }
  let at = 0;
  const arrays = lengths.map((length) => {
    const array = new Float64Array(memory.buffer, at, length).fill(0);
    at += 8 * length;
    return array;
  });
  return { kernel, arrays };
}

/** Where the entry of a symmetric matrix lies, `row` >= `column`. */
export function entryOf(row: number, column: number): number {
  const group = row >> 2;
  return 8 * group * (group + 1) + 4 * column + (row & 3);
}

/** Numbers of a matrix of so many groups of 4 rows. */
export function sizeOf(groups: number): number {
  return 8 * groups * (groups + 1);
}
