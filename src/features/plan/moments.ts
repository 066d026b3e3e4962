// Values over all instruments of one moment (the universe's mean return, the market's own), written into the rings of those that
// have a bar at it. Taken when the moment is over, so that the order of arrival within it does not matter.
import type { PeerRole } from "#features/language/node.js";
import { slotAt, type Work } from "#features/kernels/kernel.js";
import type { MomentOp } from "./operations.js";

/** What the run says of its instruments. */
export interface Company {
  /** 1 for those over which values of the universe are taken. */
  readonly tradable: Uint8Array;
  /** Number of each instrument's sector, 0 and up; -1 not known. */
  readonly sector: Int32Array;
  /** Row of the instrument in a role. */
  readonly peers: Readonly<Partial<Record<PeerRole, number>>>;
}

export class Moments {
  /** Cells of all operations, group by group. */
  readonly cells: Float64Array;
  /** Rows of the universe's instruments, all of them and by sector. */
  private readonly universe: Int32Array;
  private readonly groups: readonly Int32Array[];
  private readonly values: Float64Array;
  private readonly sectors: Int32Array;

  constructor(
    operations: readonly MomentOp[],
    private readonly company: Company,
  ) {
    const instruments = company.tradable.length;
    this.universe = Int32Array.from([...company.tradable.keys()].filter((i) => company.tradable[i] === 1));
    const sectors = company.sector.reduce((most, s) => Math.max(most, s + 1), 0);
    this.groups = Array.from({ length: sectors }, (_, s) => this.universe.filter((i) => company.sector[i] === s));
    const groupsOf = ({ within }: MomentOp): number => (within === "sector" ? sectors : 1);
    this.cells = new Float64Array(operations.reduce((sum, op) => sum + op.cells * groupsOf(op), 0));
    let first = 0;
    for (const op of operations) {
      op.cellsOf = Array.from({ length: groupsOf(op) }, () => this.cells.subarray(first, (first += op.cells)));
    }
    this.values = new Float64Array(instruments);
    this.sectors = new Int32Array(instruments);
  }

  /**
   * Writes the values of one operation for the instruments `rows[0..n)`, whose bars ended at `moment`.
   * `bar`: current bar of each instrument; `lastAt`: when its last bar ended.
   */
  write(op: MomentOp, work: Work, rows: Int32Array, n: number, bar: Int32Array, lastAt: Float64Array, moment: number): void {
    if (op.across === null) this.writePeer(op, work, rows, n, bar, lastAt, moment);
    else if (op.within === "universe") this.writeGroup(op, -1, work, rows, n, bar, lastAt, moment);
    else {
      this.fill(op, work, rows, n, bar, Number.NaN, -1);
      for (let group = 0; group < this.groups.length; group++) this.writeGroup(op, group, work, rows, n, bar, lastAt, moment);
    }
  }

  private writePeer(op: MomentOp, work: Work, rows: Int32Array, n: number, bar: Int32Array, lastAt: Float64Array, moment: number): void {
    const row = op.role === null ? undefined : this.company.peers[op.role];
    const on = row !== undefined && lastAt[row] === moment;
    const value = on ? (work.memory[slotAt(op.x, bar[row] as number, work.width) + row] as number) : Number.NaN;
    this.fill(op, work, rows, n, bar, value, -1);
  }

  /** `group` -1: the universe. */
  private writeGroup(
    op: MomentOp,
    group: number,
    work: Work,
    rows: Int32Array,
    n: number,
    bar: Int32Array,
    lastAt: Float64Array,
    moment: number,
  ): void {
    const { sector } = this.company;
    const { values, sectors } = this;
    const members = group < 0 ? this.universe : (this.groups[group] as Int32Array);
    let known = 0;
    for (let k = 0; k < members.length; k++) {
      const i = members[k] as number;
      if (lastAt[i] !== moment) continue;
      const v = work.memory[slotAt(op.x, bar[i] as number, work.width) + i] as number;
      if (v - v !== 0) continue;
      values[known] = v;
      sectors[known++] = sector[i] as number;
    }
    const cells = op.cellsOf[Math.max(group, 0)] as Float64Array;
    const value = known === 0 || op.across === null ? Number.NaN : op.across.value(values, sectors, known, cells, op.params);
    this.fill(op, work, rows, n, bar, value, group);
  }

  /** Writes `value` for those of the group, or for all when it is -1. */
  private fill(
    { out }: MomentOp,
    { memory, width }: Work,
    rows: Int32Array,
    n: number,
    bar: Int32Array,
    value: number,
    group: number,
  ): void {
    const { sector } = this.company;
    for (let k = 0; k < n; k++) {
      const i = rows[k] as number;
      if (group < 0 || sector[i] === group) memory[slotAt(out, bar[i] as number, width) + i] = value;
    }
  }
}
