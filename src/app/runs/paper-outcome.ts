// What a paper session came to, read from its journal and from the engine at its end.
import { readJournal } from "#adapters/stores/journal/journal.js";
import { sha256 } from "#base/hash.js";
import { type TripRecord, tripRecord } from "#domain/breaker.js";
import type { AdviceResult } from "#domain/confidence-result.js";
import type { Instrument } from "#domain/instrument.js";
import type { QuoteUse } from "#domain/quote-use.js";
import type { Session } from "#domain/session.js";
import type { StepCount } from "#ports/stages.js";
import type { Experiment } from "../config/experiment.js";
import { type ResolvedRisk, riskHash } from "../config/risk-limits.js";
import { isUnborrowed } from "../modes/order-log.js";
import type { PaperResult } from "../modes/paper.js";
import { JOURNAL_FILE, type RunFolder } from "./run-folder.js";

/** What a session came to. All of it is the same however often it was interrupted. */
export interface PaperOutcome {
  readonly run: string;
  readonly from: string;
  readonly to: string;
  readonly decisions: number;
  readonly orders: number;
  readonly refused: number;
  /** Rule -> how many of them it refused, the most first; absent where none was. */
  readonly refusedBy?: Readonly<Record<string, number>>;
  readonly fills: number;
  /** Orders that met a halt and waited for its end; absent where none did. */
  readonly metHalt?: number;
  /** Shorts that nobody lent the shares for: cut by the portfolio, one per name and decision, or refused by the venue. Absent where none was. */
  readonly unborrowed?: number;
  /** Of orders on recorded quotes; absent where they met bars. */
  readonly quotes?: QuoteUse;
  readonly equity: number;
  /** Of the equity. */
  readonly currency: string;
  /** Micro-units of each currency. */
  readonly cashMicro: Readonly<Record<string, string>>;
  readonly positions: Readonly<Record<string, number>>;
  /** SHA-256 over all decisions and fills of the journal. */
  readonly hash: string;
  /** Why trading stopped; null when it did not. */
  readonly halted: string | null;
  /** Where the limits come from, and their hash. */
  readonly risk: { readonly profile: string; readonly hash: string };
  /** Breakers that opened, in order; `instrument` is null for those that close the whole account. */
  readonly trips: readonly TripRecord[];
  /** Breakers that are open at the end: only reductions pass until a person approves. */
  readonly open: readonly string[];
  /** The stage of capital at the end; absent where there are none. */
  readonly stage?: string;
  /** Of a portfolio of signals: what its rule said at the last decision. */
  readonly advice?: AdviceResult;
  /** Of an optimized portfolio: which step of its chain answered, and how often. */
  readonly answers?: readonly StepCount[];
  /** Sets of facts that are not as they were known then -> in what way; absent when there are none. */
  readonly factsInDoubt?: Readonly<Record<string, string>>;
}

export function outcomeOf(
  experiment: Experiment,
  folder: RunFolder,
  { engine, venue, quotes, unborrowed: cut }: PaperResult,
  sessions: readonly Session[],
  risk: ResolvedRisk,
): PaperOutcome {
  let [decisions, orders, refused, fills, unborrowed] = [0, 0, 0, 0, cut];
  const refusedBy = new Map<string, number>();
  const lines: string[] = [];
  const trips: TripRecord[] = [];
  const { account } = engine;
  for (const entry of readJournal(folder.file(JOURNAL_FILE))) {
    if (entry.kind === "event" && entry.event.kind !== "rows") quotes?.event(entry.event);
    if (entry.kind === "decision") {
      quotes?.decision(entry.asOf, entry.decisions, entry.cancels);
      decisions++;
      trips.push(...(entry.trips ?? []).map((trip) => tripRecord(trip, account.instruments)));
      for (const decision of entry.decisions) {
        const { verdict, order } = decision;
        if (verdict === "refuse") refusedBy.set(decision.rule, (refusedBy.get(decision.rule) ?? 0) + 1);
        if (verdict === "refuse") refused++;
        else orders++;
        lines.push(`${verdict} ${order.id} ${order.lots}`);
      }
    } else if (entry.kind === "event" && entry.event.kind === "fill") {
      fills++;
      lines.push(`fill ${entry.event.order} ${entry.event.lots} ${entry.event.price} ${entry.event.feeMicro}`);
    } else if (entry.kind === "event" && isUnborrowed(entry.event)) unborrowed++;
  }
  const positions: Record<string, number> = {};
  account.instruments.forEach((instrument, i) => {
    if (account.lots[i] !== 0) positions[instrument.id] = account.lots[i] as number;
  });
  const cashMicro = Object.fromEntries(
    [...account.holdings.ledger.totals().keys()].map((currency) => [currency, String(account.holdings.ledger.balance(currency))]),
  );
  return {
    run: folder.id,
    from: (sessions[0] as Session).date,
    to: (sessions.at(-1) as Session).date,
    decisions,
    orders,
    refused,
    ...(refused === 0 ? {} : { refusedBy: Object.fromEntries([...refusedBy].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))) }),
    fills,
    ...(venue.haltedOrders === 0 ? {} : { metHalt: venue.haltedOrders }),
    ...(unborrowed === 0 ? {} : { unborrowed }),
    ...(quotes === null ? {} : { quotes: quotes.use((i) => account.holdings.rate((account.instruments[i] as Instrument).currency)) }),
    equity: account.equity,
    currency: experiment.account.currency,
    cashMicro,
    positions,
    hash: sha256(lines.join("\n")),
    halted: engine.mode === "running" ? null : engine.reason,
    risk: { profile: risk.profile, hash: riskHash(risk) },
    trips,
    open: [...new Set(engine.breakers.open.map(({ breaker }) => breaker))],
    ...(engine.stages.open === null ? {} : { stage: engine.stages.open.name }),
  };
}
