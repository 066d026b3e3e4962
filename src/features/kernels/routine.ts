// Stages in their order, with the lanes that they read and write: what runs at every bar, or for a frame.
import { type Lane, slotAt, type Stage, type Work } from "./kernel.js";
import { runForOne, type StepTable, tableOf } from "./one-instrument.js";

export class Routine {
  /** Lanes whose slot depends on the bar. */
  private readonly moving: readonly Lane[];
  /** Where their slots begin. */
  private readonly at: Int32Array;
  /** Per stage, for one instrument; null where it runs as for many. */
  private readonly tables: readonly (StepTable | null)[];

  constructor(
    private readonly stages: readonly Stage[],
    lanes: readonly Lane[],
  ) {
    this.moving = lanes.filter(({ mask }) => mask > 0);
    this.at = new Int32Array(this.moving.length);
    const numbers = new Map(this.moving.map((lane, number) => [lane, number]));
    this.tables = stages.map(({ ops }) => tableOf(ops, numbers));
  }

  /** Sets the lanes to the bar at hand, then runs the stages. */
  run(work: Work): void {
    const { moving, at, stages, tables } = this;
    const { t, width, memory, rows, from, to } = work;
    for (let k = 0; k < moving.length; k++) {
      const lane = moving[k] as Lane;
      at[k] = lane.at = slotAt(lane, t, width);
    }
    const one = to - from === 1;
    for (let k = 0; k < stages.length; k++) {
      const table = one ? (tables[k] as StepTable | null) : null;
      if (table !== null) {
        runForOne(table, at, memory, rows[from] as number);
        continue;
      }
      const { kernel, ops } = stages[k] as Stage;
      kernel(ops, work);
    }
  }
}
