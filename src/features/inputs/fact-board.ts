// Facts as of now: what is known of each wanted field, for each instrument or for the market, in arrays that a snapshot can hold.
// A fact about an older period than the latest known corrects that period and leaves the latest alone.
import { TruewindError } from "#base/errors.js";
import type { Fact } from "#domain/fact.js";
import { splitExponent } from "./columns.js";
import type { FactSource } from "./source.js";

/** Cells per field and row: the tally of facts since the last bar, when the latest became known, then periods and values, latest first. */
const COUNT = 0;
const SUM = 1;
const SQUARES = 2;
const MAX = 3;
const MIN = 4;
const SEEN = 5;
const PERIODS = 6;

const tallies = { count: COUNT, sum: SUM, squares: SQUARES, max: MAX, min: MIN, age: SEEN } as const;

/** The value of instrument `i` is at `first + i x stride`. */
export interface FactCells {
  readonly first: number;
  readonly stride: number;
  /** True when it is a moment whose age in days is shown. */
  readonly isTime: boolean;
}

interface Field {
  readonly name: string;
  readonly market: boolean;
  /** Periods kept. */
  readonly depth: number;
  readonly splitExponent: number;
  /** First cell of row 0, and cells per row. */
  readonly first: number;
  readonly stride: number;
}

export class FactBoard {
  readonly state: Float64Array;
  private readonly fields: Field[] = [];
  private readonly byName = new Map<string, Field[]>();

  constructor(
    sources: readonly FactSource[],
    private readonly instruments: number,
  ) {
    let cells = 0;
    for (const [key, group] of groupBy(sources, (s) => `${s.about} ${s.field}`)) {
      const { field, about } = group[0] as FactSource;
      const depth = 1 + Math.max(...group.map(({ back }) => back));
      const stride = PERIODS + 2 * depth;
      const entry = { name: key, market: about === "market", depth, splitExponent: exponentOf(field, group), first: cells, stride };
      this.fields.push(entry);
      this.byName.set(field, [...(this.byName.get(field) ?? []), entry]);
      cells += stride * instruments;
    }
    this.state = new Float64Array(cells);
    for (const field of this.fields) for (let row = 0; row < instruments; row++) this.clear(field, row);
  }

  private clear({ first, stride }: Field, row: number): void {
    const at = first + row * stride;
    this.state.fill(Number.NaN, at, at + stride);
    this.state.fill(0, at + COUNT, at + SQUARES + 1);
  }

  /** Takes note of a fact if anybody asks for it. */
  absorb(fact: Fact): void {
    for (const field of this.byName.get(fact.field) ?? []) {
      if (field.market !== (fact.instrument === null)) continue;
      if (fact.instrument !== null) this.note(field, fact.instrument, fact);
      // A fact about the market waits for the next bar of every instrument.
      else for (let row = 0; row < this.instruments; row++) this.note(field, row, fact);
    }
  }

  private note({ first, stride, depth }: Field, row: number, { at, seenAt, value }: Fact): void {
    const { state } = this;
    const cell = first + row * stride;
    state[cell + COUNT] = (state[cell + COUNT] as number) + 1;
    state[cell + SUM] = (state[cell + SUM] as number) + value;
    state[cell + SQUARES] = (state[cell + SQUARES] as number) + value * value;
    if (!(value <= (state[cell + MAX] as number))) state[cell + MAX] = value;
    if (!(value >= (state[cell + MIN] as number))) state[cell + MIN] = value;
    const periods = cell + PERIODS;
    let place = 0;
    while (place < depth && at < (state[periods + 2 * place] as number)) place++;
    if (place === depth) return;
    if (state[periods + 2 * place] !== at) {
      for (let k = 2 * depth - 1; k >= 2 * place + 2; k--) state[periods + k] = state[periods + k - 2] as number;
      if (place === 0) state[cell + SEEN] = seenAt;
    }
    state[periods + 2 * place] = at;
    state[periods + 2 * place + 1] = value;
  }

  /** Where the column's values stand in the state. */
  find(source: FactSource): FactCells {
    const { first, stride } = this.fieldOf(source);
    const cell = source.show === "value" ? PERIODS + 2 * source.back + 1 : tallies[source.show];
    return { first: first + cell, stride, isTime: source.show === "age" };
  }

  /** The bars of the instruments `rows[from..to)` have been made: their tallies begin anew. */
  restart(rows: Int32Array, from: number, to: number): void {
    const { state } = this;
    for (const { first, stride } of this.fields) {
      for (let row = from; row < to; row++) {
        const cell = first + (rows[row] as number) * stride;
        if (state[cell + COUNT] === 0) continue;
        state[cell + COUNT] = state[cell + SUM] = state[cell + SQUARES] = 0;
        state[cell + MAX] = state[cell + MIN] = Number.NaN;
      }
    }
  }

  split(row: number, ratio: number): void {
    for (const { first, stride, depth, splitExponent: exponent } of this.fields) {
      if (exponent === 0) continue;
      const factor = ratio ** exponent;
      const cell = first + row * stride;
      const scale = (c: number, by: number): void => void (this.state[cell + c] = (this.state[cell + c] as number) * by);
      for (const c of [SUM, MAX, MIN]) scale(c, factor);
      scale(SQUARES, factor * factor);
      for (let k = 0; k < depth; k++) scale(PERIODS + 2 * k + 1, factor);
    }
  }

  private fieldOf({ field, about }: FactSource): Field {
    return this.byName.get(field)?.find(({ market }) => market === (about === "market")) as Field;
  }
}

/** Who asks for the age or the number of facts need not say what they scale with; who asks for values must agree. */
function exponentOf(field: string, group: readonly FactSource[]): number {
  const exponents = new Set(
    group.filter(({ show }) => show !== "age" && show !== "count").map(({ dimension }) => splitExponent(dimension)),
  );
  if (exponents.size > 1) {
    throw new TruewindError(
      "bad-config",
      `Features of one run disagree on what a split does to the fact "${field}": give it one dimension.`,
    );
  }
  return [...exponents][0] ?? 0;
}

function groupBy<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item]);
  return groups;
}
