// Staged capital: how much of an account may be at work. It begins small, a named person steps it up, and a breaker that opens takes it back by one
// stage. State without clock or input of its own: it is told approvals and trips, and is the same after any replay.
import { ByteReader, ByteWriter } from "#base/bytes.js";

export interface CapitalStage {
  readonly name: string;
  /** Base currency: limits are measured against it where equity is more. Null: all of the equity. */
  readonly amount: number | null;
}

export class Stages {
  private at = 0;

  /** In order; without any all of the equity is at work. */
  constructor(private readonly list: readonly CapitalStage[] = []) {}

  /** The open one; null where there are none. */
  get open(): CapitalStage | null {
    return this.list[this.at] ?? null;
  }

  /** Base currency; infinite where nothing bounds it. */
  get amount(): number {
    return this.open?.amount ?? Number.POSITIVE_INFINITY;
  }

  /** A person has decided. A name that is none changes nothing. */
  approve(name: string): void {
    const at = this.list.findIndex((stage) => stage.name === name);
    if (at >= 0) this.at = at;
  }

  /** Something has tripped: back by one. */
  tripped(): void {
    this.at = Math.max(0, this.at - 1);
  }

  save(): Uint8Array {
    return new ByteWriter(32).json(this.at).finish();
  }

  load(bytes: Uint8Array): void {
    this.at = new ByteReader(bytes).json() as number;
  }
}
