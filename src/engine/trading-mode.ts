// Whether orders may leave, and why not. An emergency stop stands above all else: what is said meanwhile counts once a person has approved it.

/** `running`; `halted`: nothing is ordered; `flattening`: only the way to zero is ordered. */
export type EngineMode = "running" | "halted" | "flattening";

export class TradingMode {
  private state: EngineMode = "running";
  private why = "";
  /** Why trading stays halted once a kill has been approved; empty where it goes on. */
  private afterKill = "";

  get mode(): EngineMode {
    return this.state;
  }

  /** Empty while running. */
  get reason(): string {
    return this.why;
  }

  /** For snapshots only. */
  get reasonAfterKill(): string {
    return this.afterKill;
  }

  /** Also the way to zero stops: on a book that is not the venue's it could lead anywhere. */
  halt(reason: string, killed: boolean): void {
    if (!killed) return this.load("halted", reason, this.afterKill);
    this.afterKill = reason;
    if (this.state === "flattening") this.why = `${this.why}; and then: ${reason}`;
    this.state = "halted";
  }

  resume(killed: boolean): void {
    if (killed) this.afterKill = "";
    else this.load("running", "", this.afterKill);
  }

  /** True where the way to zero begins: that of a kill goes on as it is. */
  flatten(reason: string, killed: boolean): boolean {
    if (killed) this.afterKill = reason;
    else this.load("flattening", reason, this.afterKill);
    return !killed;
  }

  /** `first`: the latch was open until now. */
  kill(reason: string, first: boolean, flattens: boolean): void {
    if (first) this.afterKill = this.why;
    this.load(flattens ? "flattening" : "halted", `killed: ${reason}`, this.afterKill);
  }

  /** A person has approved the kill: what was before it, or was said since, is in force. */
  approved(): void {
    this.load(this.afterKill === "" ? "running" : "halted", this.afterKill, "");
  }

  load(mode: EngineMode, reason: string, afterKill: string): void {
    this.state = mode;
    this.why = reason;
    this.afterKill = afterKill;
  }
}
