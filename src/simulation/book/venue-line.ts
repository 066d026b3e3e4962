// The line between us and one instrument at an exchange: requests on their way there, answers on their way back. It keeps its order: nothing sent
// later overtakes.
import type { InstrumentIx } from "#domain/instrument.js";
import type { MoneyScale } from "#domain/money.js";
import type { ApprovedOrder, OrderId } from "#domain/order.js";
import type { Micros } from "#domain/time.js";
import type { ExchangeBook, SavedExchangeBook } from "./exchange-book.js";
import type { LatencyModel } from "./latency-model.js";

/** A request on its way. `at`: when it arrives. */
export type Request = { readonly at: number } & ({ readonly order: ApprovedOrder } | { readonly cancel: OrderId });

/** Plain data. */
export interface SavedLine {
  readonly book: SavedExchangeBook;
  readonly latency: readonly number[];
  readonly requests: readonly Request[];
  readonly lastArrival: number;
  readonly lastAnswer: number;
}

export class VenueLine {
  /** In the order in which they arrive. */
  requests: Request[] = [];
  private lastArrival = 0;
  private lastAnswer = 0;

  constructor(
    readonly instrument: InstrumentIx,
    readonly book: ExchangeBook,
    readonly latency: LatencyModel,
    readonly scale: MoneyScale,
  ) {}

  /** When something happens next: a row of the tape, or an arrival. Infinity where nothing will. */
  get nextAt(): number {
    const request = this.requests[0];
    const { nextAt } = this.book;
    return request === undefined ? nextAt : Math.min(nextAt, request.at);
  }

  send(request: Request): void {
    this.lastArrival = Math.max(this.lastArrival, request.at);
    this.requests.push({ ...request, at: this.lastArrival });
  }

  /** When an answer given at the moment is heard. */
  answerAt(at: number): Micros {
    this.lastAnswer = Math.max(this.lastAnswer, at + this.latency.responseUs(at));
    return this.lastAnswer as Micros;
  }

  save(): SavedLine {
    const { book, latency, requests, lastArrival, lastAnswer } = this;
    return { book: book.save(), latency: latency.save(), requests: [...requests], lastArrival, lastAnswer };
  }

  load(saved: SavedLine): void {
    this.book.load(saved.book);
    this.latency.load(saved.latency);
    this.requests = [...saved.requests];
    this.lastArrival = saved.lastArrival;
    this.lastAnswer = saved.lastAnswer;
  }
}
