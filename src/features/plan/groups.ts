// Instruments put together by their current bar. Ends of histories differ, and missing bars set instruments apart for good, so
// neighbors are often at different bars; but many are at each (520 rows a day of a real universe: 320 runs of neighbors, 72 groups).

export class Groups {
  /** The instruments: first as they were put there, after `split` group by group. */
  readonly rows: Int32Array;
  /** Per group: the bar, and where in `rows` it ends. */
  readonly bars: Int32Array;
  readonly ends: Int32Array;
  private readonly groupOf: Int32Array;
  private readonly given: Int32Array;
  /** Groups by a hash of their bar; -1 where there is none. */
  private readonly table: Int32Array;

  constructor(instruments: number) {
    this.rows = new Int32Array(instruments);
    this.bars = new Int32Array(instruments);
    this.ends = new Int32Array(instruments);
    this.groupOf = new Int32Array(instruments);
    this.given = new Int32Array(instruments);
    // At least twice as many places as groups.
    this.table = new Int32Array(1 << (33 - Math.clz32(instruments))).fill(-1);
  }

  /** Groups `rows[0..n)` by their bars, keeping their order within a group; returns the number of groups. */
  split(n: number, bar: Int32Array): number {
    if (n === 0) return 0;
    const { rows, bars, ends } = this;
    const t = bar[rows[0] as number] as number;
    let same = 1;
    while (same < n && bar[rows[same] as number] === t) same++;
    if (same < n) return this.splitUnequal(n, bar);
    bars[0] = t;
    ends[0] = n;
    return 1;
  }

  private splitUnequal(n: number, bar: Int32Array): number {
    const { rows, bars, ends, groupOf, given, table } = this;
    const mask = table.length - 1;
    let groups = 0;
    for (let k = 0; k < n; k++) {
      const i = rows[k] as number;
      given[k] = i;
      const t = bar[i] as number;
      let place = t & mask;
      let group = table[place] as number;
      while (group >= 0 && bars[group] !== t) {
        place = (place + 1) & mask;
        group = table[place] as number;
      }
      if (group < 0) {
        group = groups++;
        table[place] = group;
        bars[group] = t;
        ends[group] = 0;
      }
      groupOf[k] = group;
      ends[group] = (ends[group] as number) + 1;
    }
    // From counts to starts; placing the rows turns these into ends.
    for (let group = 0, start = 0; group < groups; group++) {
      const size = ends[group] as number;
      ends[group] = start;
      start += size;
    }
    for (let k = 0; k < n; k++) {
      const group = groupOf[k] as number;
      const place = ends[group] as number;
      rows[place] = given[k] as number;
      ends[group] = place + 1;
    }
    table.fill(-1);
    return groups;
  }
}
