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
  /** False before a snapshot or a clear, and once a line named an order that the book does not hold: then orders are missing from it. */
  isWhole = false;
  /** Times that lines turned out to be missing. */
  losses = 0;

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
    this.isWhole = true;
  }

  private applyAll(): void {
    const { waiting, book } = this;
    const before = book.unknown;
    for (let k = 0; k < waiting.length; k++) {
      const message = waiting[k] as OrderMessage;
      if (message.action === "clear") this.isWhole = true;
      book.apply(message);
    }
    if (book.unknown > before && this.isWhole) {
      this.isWhole = false;
      this.losses++;
    }
    this.events++;
    this.waiting = [];
  }
}
