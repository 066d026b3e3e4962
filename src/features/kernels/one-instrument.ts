// Elementwise steps for one instrument. Looking up a step's objects costs more than its arithmetic then, so all steps of a stage stand as
// numbers in one table, in a row. Gives the same bits as elementwise.ts.
import { elementwise, where } from "./elementwise.js";
import type { Lane, Op } from "./kernel.js";
import { shareOf } from "./neighbors.js";

type Fn = NonNullable<Op["fn"]> | "where";

/** The case of each function below. */
const cases: Readonly<Record<Fn, number>> = {
  div: 0,
  sub: 1,
  mul: 2,
  add: 3,
  max: 4,
  min: 5,
  gt: 6,
  share: 7,
  neg: 8,
  sqrt: 9,
  abs: 10,
  log: 11,
  sign: 12,
  where: 13,
  or: 14,
  known: 15,
  exp: 16,
  tanh: 17,
  atan: 18,
  floor: 19,
};
/** Numbers a step: function, and where x, y, z and the value stand in the memory. */
const WIDTH = 5;

export interface StepTable {
  readonly steps: Int32Array;
  /** Places in `steps` that depend on the bar, each with the number of its lane. */
  readonly moving: Int32Array;
}

/** Null for a stage of another kind. `moving`: number of each lane whose slot depends on the bar. */
export function tableOf(ops: readonly Op[], moving: ReadonlyMap<Lane, number>): StepTable | null {
  if (!ops.every(({ kernel }) => kernel === elementwise || kernel === where)) return null;
  const lanes = ops.map(({ x, y, z, out }) => [x, y, z, out]);
  return {
    steps: Int32Array.from(ops.flatMap(({ fn }, k) => [cases[fn ?? "where"], ...(lanes[k] ?? []).map(({ at }) => at)])),
    moving: Int32Array.from(
      lanes.flatMap((of, k) =>
        of.flatMap((lane, l) => {
          const number = moving.get(lane);
          return number === undefined ? [] : [k * WIDTH + 1 + l, number];
        }),
      ),
    ),
  };
}

/** `at`: where the slot of each moving lane begins; `i`: the instrument. */
export function runForOne({ steps, moving }: StepTable, at: Int32Array, memory: Float64Array, i: number): void {
  for (let k = 0; k < moving.length; k += 2) steps[moving[k] as number] = at[moving[k + 1] as number] as number;
  for (let k = 0; k < steps.length; k += WIDTH) {
    const x = memory[(steps[k + 1] as number) + i] as number;
    const y = memory[(steps[k + 2] as number) + i] as number;
    let v: number;
    switch (steps[k]) {
      case 0:
        v = y === 0 ? Number.NaN : x / y;
        break;
      case 1:
        v = x - y;
        break;
      case 2:
        v = x * y;
        break;
      case 3:
        v = x + y;
        break;
      case 4:
        v = Math.max(x, y);
        break;
      case 5:
        v = Math.min(x, y);
        break;
      case 6:
        v = x > y ? 1 : x <= y ? 0 : Number.NaN;
        break;
      case 7:
        v = shareOf(x, y);
        break;
      case 8:
        v = -x;
        break;
      case 9:
        v = Math.sqrt(x);
        break;
      case 10:
        v = Math.abs(x);
        break;
      case 11:
        v = x > 0 ? Math.log(x) : Number.NaN;
        break;
      case 12:
        v = x > 0 ? 1 : x < 0 ? -1 : x;
        break;
      case 13:
        v = x > 0 ? y : x <= 0 ? (memory[(steps[k + 3] as number) + i] as number) : Number.NaN;
        break;
      case 14:
        v = x - x === 0 ? x : y;
        break;
      case 15:
        v = x - x === 0 ? 1 : 0;
        break;
      case 16:
        v = Math.exp(x);
        break;
      case 17:
        v = Math.tanh(x);
        break;
      case 18:
        v = Math.atan(x);
        break;
      default:
        v = Math.floor(x);
    }
    memory[(steps[k + 4] as number) + i] = v;
  }
}
