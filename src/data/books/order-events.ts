// Whole events of a market-by-order feed: lines wait until the last of their event is there, then all are applied at once.
// A block of snapshot lines replaces the book; it ends at its last line, or where lines of another kind begin.
import { OrderBook } from "./order-book.js";
import type { OrderMessage } from "./message.js";

export class OrderEvents {
  readonly book = new OrderBook();
  private waiting: OrderMessage[] = [];
  private inSnapshot = false;
  /** Snapshot blocks applied. */
  snapshots = 0;
  events = 0;

  /** True when a whole event was applied: the book may be read. */
  take(message: OrderMessage): boolean {
    let applied = false;
    if (message.snapshot && !this.inSnapshot) {
      // Lines of an event that never ended are older than the snapshot.
      this.waiting = [];
      this.inSnapshot = true;
    } else if (!message.snapshot && this.inSnapshot) {
      this.applySnapshot();
      applied = true;
    }
    this.waiting.push(message);
    if (!message.ends) return applied;
    if (this.inSnapshot) this.applySnapshot();
    else this.applyAll();
    return true;
  }

  /** Lines that wait for the end of their event. */
  get pending(): readonly OrderMessage[] {
    return this.waiting;
  }

  private applySnapshot(): void {
    this.inSnapshot = false;
    this.snapshots++;
    this.book.clear();
    this.applyAll();
  }

  private applyAll(): void {
    const { waiting, book } = this;
    for (let k = 0; k < waiting.length; k++) book.apply(waiting[k] as OrderMessage);
    this.events++;
    this.waiting = [];
  }
}
