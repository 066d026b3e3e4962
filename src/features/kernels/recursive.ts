// Recursive functions: brings an instrument's cells and new values together, steps them, and puts cells and outputs back. When a value is
// not finite the cells stay as they were and the outputs are NaN, as for the exponential average.
import type { FoldState, Lane, Op, Work } from "./kernel.js";

let cells = new Float64Array(64);
const values = new Float64Array(8);
const outputs = new Float64Array(16);

export function recursive(ops: readonly Op[], work: Work): void {
  for (let k = 0; k < ops.length; k++) {
    const { fold, params } = ops[k] as Op;
    if (fold !== null) stepAll(fold, params, work);
  }
}

function stepAll(
  { fold, inputs, cells: base, count, outputs: shown }: FoldState,
  params: readonly number[],
  { memory, width, rows, from, to }: Work,
): void {
  if (cells.length < count) cells = new Float64Array(2 * count);
  const results = fold.outputs.length;
  for (let j = from; j < to; j++) {
    const i = rows[j] as number;
    const at = base + i * count;
    let flaw = 0;
    for (let x = 0; x < inputs.length; x++) {
      const v = memory[(inputs[x] as Lane).at + i] as number;
      values[x] = v;
      flaw += v - v;
    }
    if (flaw === 0) {
      for (let c = 0; c < count; c++) cells[c] = memory[at + c] as number;
      fold.step(cells, values, outputs, params);
      for (let c = 0; c < count; c++) memory[at + c] = cells[c] as number;
      for (let c = 0; c < results; c++) memory[shown + c * width + i] = outputs[c] as number;
    } else {
      for (let c = 0; c < results; c++) memory[shown + c * width + i] = Number.NaN;
    }
  }
}

/** Takes one output of a recursive function: `y` is where it stands. */
export function part(ops: readonly Op[], { memory, rows, from, to }: Work): void {
  for (let k = 0; k < ops.length; k++) {
    const { y, out } = ops[k] as Op;
    for (let j = from; j < to; j++) {
      const i = rows[j] as number;
      memory[out.at + i] = memory[y.offset + i] as number;
    }
  }
}
