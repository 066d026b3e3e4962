// One instrument at the exchange: the recorded book, our orders in it, and what happens between them. The recording happens as it was recorded;
// our fills are never more than what was printed or displayed. Knows no latency and no money: see book-venue.ts.
import { invariant } from "#base/errors.js";
import type { Ladder } from "./ladder.js";
import { Levels } from "./levels.js";
import type { OwnOrder } from "./own-order.js";
import { OwnOrders, type SavedOwnOrders } from "./own-orders.js";
import type { QueueModel } from "./queue-model.js";
import { type ExchangeReports, OwnTrading } from "./own-trading.js";
import { Taken } from "./taken.js";
import * as row from "./tape.js";
import type { Tape } from "./tape.js";
import { isTriggered, type TriggerOn } from "./trigger.js";

/** Plain data: the recorded part follows from the tape. */
export interface SavedExchangeBook {
  readonly row: number;
  readonly own: SavedOwnOrders;
  readonly takenBids: readonly (readonly [number, number])[];
  readonly takenAsks: readonly (readonly [number, number])[];
  readonly isHalted: boolean;
  readonly isUnswept: boolean;
  readonly lastTicks: number | null;
}

export class ExchangeBook {
  readonly levels = new Levels();
  /** Row of the tape that comes next. */
  row = 0;
  /** Orders of ours. */
  readonly own = new OwnOrders();
  private readonly buys = this.own.buys;
  private readonly sells = this.own.sells;
  private readonly waiting = this.own.waiting;
  private readonly trading: OwnTrading;
  private readonly takenBids = new Taken();
  private readonly takenAsks = new Taken();
  private until = Number.NEGATIVE_INFINITY;
  private isHalted = false;
  /** Something could not trade when it came: it does once trading goes on. */
  private isUnswept = false;
  /** Price of the last print; NaN before. */
  private lastTicks = Number.NaN;
  private readonly orderChanged = (ladder: Ladder, key: number, by: number, joinedRow: number): void =>
    this.noteOrder(ladder, key, by, joinedRow);

  constructor(
    private readonly tape: Tape,
    private readonly queue: QueueModel,
    private readonly triggerOn: TriggerOn,
    private readonly reports: ExchangeReports,
  ) {
    this.trading = new OwnTrading(reports);
  }

  /** Time of the row that comes next; Infinity behind the last. */
  get nextAt(): number {
    return this.row < this.tape.length ? (this.tape.at[this.row] as number) : Number.POSITIVE_INFINITY;
  }

  /** Everything that happened up to and including the moment, or `stopAt`. */
  run(until: number): void {
    const { at, kind, ticks, lots, length } = this.tape;
    const { bids, asks } = this.levels;
    this.until = until;
    for (let r = this.row; r < length && (at[r] as number) <= this.until; r++) {
      this.row = r + 1;
      const what = kind[r] as number;
      // Nearly all rows are levels.
      if (what === row.BID_LEVEL) this.level(bids, asks, ticks[r] as number, lots[r] as number, r);
      else if (what === row.ASK_LEVEL) this.level(asks, bids, -(ticks[r] as number), lots[r] as number, r);
      else this.apply(r, what, ticks[r] as number, lots[r] as number);
      if (this.waiting.length > 0) this.checkTriggers(at[r] as number);
    }
  }

  /** Ends the run in progress behind this moment. */
  stopAt(moment: number): void {
    if (moment < this.until) this.until = moment;
  }

  /** An order has come. */
  accept(own: OwnOrder, at: number): void {
    const { type, terms } = own.order;
    const tif = terms?.timeInForce;
    if (type !== "market" || terms !== undefined) this.reports.accepted(own, at);
    if (tif === "at-open" || tif === "at-close") this.own.forAuction.push(own);
    else if (type === "market" || type === "limit") this.execute(own, at);
    else {
      this.waiting.push(own);
      this.checkTriggers(at);
    }
  }

  /** Lots of a level that are still there for us. */
  available(ladder: Ladder, key: number): number {
    return ladder.at(key) - this.takenOf(ladder).at(key);
  }

  save(): SavedExchangeBook {
    const { row: next, own, takenBids, takenAsks, isHalted, isUnswept, lastTicks } = this;
    const taken = { takenBids: takenBids.save(), takenAsks: takenAsks.save() };
    return { row: next, own: own.save(), ...taken, isHalted, isUnswept, lastTicks: Number.isNaN(lastTicks) ? null : lastTicks };
  }

  load(saved: SavedExchangeBook): void {
    this.levels.clear();
    for (let k = 0; k < saved.row; k++) this.levels.apply(this.tape, k);
    this.row = saved.row;
    this.own.load(saved.own);
    this.takenBids.load(saved.takenBids);
    this.takenAsks.load(saved.takenAsks);
    this.isHalted = saved.isHalted;
    this.isUnswept = saved.isUnswept;
    this.lastTicks = saved.lastTicks ?? Number.NaN;
  }

  private apply(r: number, kind: number, ticks: number, lots: number): void {
    if (kind === row.BOUGHT || kind === row.SOLD) this.print(kind === row.SOLD ? 1 : -1, ticks, lots, r);
    else if (kind <= row.ORDER_CUT && kind !== row.CROSSED) this.levels.applyOrder(this.tape, r, this.orderChanged);
    else this.applyRare(kind, ticks, lots, this.tape.at[r] as number);
  }

  private applyRare(kind: number, ticks: number, lots: number, at: number): void {
    switch (kind) {
      case row.CROSSED:
        this.lastTicks = ticks;
        return;
      case row.EVENT_END:
        return this.endEvent(at);
      case row.CLEAR:
        this.levels.clear();
        this.takenBids.clear();
        this.takenAsks.clear();
        return;
      case row.HALT:
        this.isHalted = true;
        return;
      case row.RESUME:
        this.isHalted = false;
        return this.sweep(at);
      case row.OPEN_CROSS:
      case row.CLOSE_CROSS:
        return this.auction(kind === row.OPEN_CROSS ? "at-open" : "at-close", ticks, lots, at);
      case row.SESSION_END:
        return this.endSession(at);
      default:
        invariant(false, `a tape has a row of kind ${kind}`);
    }
  }

  private level(side: Ladder, other: Ladder, key: number, lots: number, r: number): void {
    const before = this.levels.setLevel(side, other, key, lots);
    this.takenOf(side).level(key, lots);
    const ours = side.sign === 1 ? this.buys : this.sells;
    if (ours.length > 0 && key <= (ours[0] as OwnOrder).key) {
      for (let k = 0; k < ours.length; k++) {
        const own = ours[k] as OwnOrder;
        if (own.key < key) break;
        if (own.key === key) this.queue.level(own, before, lots);
      }
    }
    if (lots > 0) this.meet(side, key, this.tape.at[r] as number);
  }

  /** A level of single orders has changed: those ahead of ours are known by the row at which they joined. */
  private noteOrder(ladder: Ladder, key: number, by: number, joinedRow: number): void {
    this.takenOf(ladder).level(key, ladder.at(key));
    const ours = ladder.sign === 1 ? this.buys : this.sells;
    if (by < 0) {
      for (const own of ours) if (own.key === key && joinedRow < own.joinedRow) own.front += by;
    } else this.meet(ladder, key, this.tape.at[joinedRow] as number);
  }

  /** Displayed lots that reach orders of ours on the other side trade with them, at our price: we were there first. */
  private meet(ladder: Ladder, key: number, at: number): void {
    const ours = ladder.sign === 1 ? this.sells : this.buys;
    if (ours.length === 0 || (ours[0] as OwnOrder).key < -key) return;
    if (this.isSuspended) {
      this.isUnswept = true;
      return;
    }
    let left = this.available(ladder, key);
    for (let k = 0; k < ours.length && left > 0; ) {
      const own = ours[k] as OwnOrder;
      if (own.key < -key) return;
      const size = Math.min(left, this.trading.room(own));
      if (size > 0) {
        left -= size;
        this.takenOf(ladder).add(key, size);
        this.trading.fill(own, size, own.key * own.side, at, true);
      }
      if (this.trading.isDone(own, at)) ours.splice(k, 1);
      else k++;
    }
  }

  /** A print that took from the side `sign`: orders of ours at a better price come before it, those at its price stand in its queue. */
  private print(sign: 1 | -1, ticks: number, lots: number, r: number): void {
    this.lastTicks = ticks;
    const ours = sign === 1 ? this.buys : this.sells;
    const key = ticks * sign;
    if (ours.length === 0 || (ours[0] as OwnOrder).key < key) return;
    const at = this.tape.at[r] as number;
    let left = lots;
    for (let k = 0; k < ours.length; ) {
      const own = ours[k] as OwnOrder;
      if (own.key < key) return;
      const reached = own.key > key ? left : this.queue.print(own, lots, left);
      const size = this.isSuspended ? 0 : Math.min(reached, this.trading.room(own));
      if (size > 0) {
        left -= size;
        this.trading.fill(own, size, own.key * own.side, at, true);
      }
      if (this.trading.isDone(own, at)) ours.splice(k, 1);
      else k++;
    }
  }

  /** Market and limit orders, also those that were triggered. */
  private execute(own: OwnOrder, at: number): void {
    const { order } = own;
    const { timeInForce, postOnly } = order.terms ?? {};
    const rests = order.limit !== null && timeInForce !== "ioc" && timeInForce !== "fok";
    if (this.isSuspended) {
      if (!rests) return this.reports.ended(own, at, "cancelled", "trading is suspended");
      this.isUnswept = true;
    } else {
      const reach = postOnly === true || timeInForce === "fok" ? this.reachable(own) : 0;
      if (postOnly === true && reach > 0) return this.reports.ended(own, at, "cancelled", "post-only, and it would have taken");
      if (timeInForce === "fok" && reach < own.remaining)
        return this.reports.ended(own, at, "cancelled", "it could not be filled whole at once");
      this.take(own, at);
    }
    if (this.trading.isDone(own, at)) return;
    if (!rests) return this.reports.ended(own, at, "cancelled", "the book offered no more");
    const ladder = own.side === 1 ? this.levels.bids : this.levels.asks;
    own.front = ladder.at(own.key);
    own.joinedRow = this.row;
    this.own.rest(own);
  }

  private take(own: OwnOrder, at: number): void {
    const ladder = own.side === 1 ? this.levels.asks : this.levels.bids;
    const taken = this.takenOf(ladder);
    for (let key = ladder.best; key >= -own.key && key > Number.NEGATIVE_INFINITY; key = ladder.below(key)) {
      const size = Math.min(this.available(ladder, key), this.trading.room(own));
      if (size > 0) {
        taken.add(key, size);
        this.trading.fill(own, size, key * ladder.sign, at, false);
      }
      if (this.trading.room(own) === 0) return;
    }
  }

  /** Lots that an order could take now, up to what it wants. */
  private reachable(own: OwnOrder): number {
    const ladder = own.side === 1 ? this.levels.asks : this.levels.bids;
    let reach = 0;
    for (let key = ladder.best; key >= -own.key && key > Number.NEGATIVE_INFINITY && reach < own.remaining; key = ladder.below(key))
      reach += this.available(ladder, key);
    return Math.min(reach, this.trading.room(own));
  }

  private get isSuspended(): boolean {
    return this.isHalted || (this.queue.byOrder && this.levels.isCrossed);
  }

  /** Trading goes on: what overlaps with the displayed book trades. */
  private sweep(at: number): void {
    if (!this.isUnswept || this.isSuspended) return;
    this.isUnswept = false;
    for (const ladder of [this.levels.asks, this.levels.bids]) {
      const ours = ladder.sign === 1 ? this.sells : this.buys;
      for (
        let key = ladder.best;
        ours.length > 0 && key >= -(ours[0] as OwnOrder).key && key > Number.NEGATIVE_INFINITY;
        key = ladder.below(key)
      )
        this.meet(ladder, key, at);
    }
  }

  private endEvent(at: number): void {
    for (const own of this.buys) own.printed = 0;
    for (const own of this.sells) own.printed = 0;
    this.sweep(at);
  }

  private checkTriggers(at: number): void {
    for (let k = 0; k < this.waiting.length; ) {
      const own = this.waiting[k] as OwnOrder;
      if (this.isSuspended || !isTriggered(own, this.triggerOn, this.lastTicks, this.levels)) k++;
      else {
        this.waiting.splice(k, 1);
        this.reports.triggered(own, at);
        this.execute(own, at);
      }
    }
  }

  private auction(tif: "at-open" | "at-close", ticks: number, lots: number, at: number): void {
    this.lastTicks = ticks;
    const entered = this.own.entered(tif);
    const of = (side: 1 | -1): readonly OwnOrder[] => entered.filter((own) => own.side === side);
    this.trading.auction(of(1), this.buys, ticks, lots, at);
    this.trading.auction(of(-1), this.sells, ticks, lots, at);
    for (const own of entered) if (!this.trading.isDone(own, at)) this.reports.ended(own, at, "expired", "the auction is over");
  }

  private endSession(at: number): void {
    for (const own of this.own.endOfDay()) this.reports.ended(own, at, "expired", "the session is over");
  }

  private takenOf(ladder: Ladder): Taken {
    return ladder.sign === 1 ? this.takenBids : this.takenAsks;
  }
}
