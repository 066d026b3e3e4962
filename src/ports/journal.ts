// The record from which everything else can be rebuilt. Inputs are written before they act, decisions before they are sent.
import type { DecisionAttribution } from "#domain/attribution.js";
import type { Trip } from "#domain/breaker.js";
import type { EngineEvent } from "#domain/event.js";
import type { OrderId, RiskDecision } from "#domain/order.js";
import type { SessionNote } from "#domain/session-note.js";
import type { Micros } from "#domain/time.js";

export type JournalEntry =
  | { readonly kind: "event"; readonly event: EngineEvent }
  /** What one decision led to: every order reviewed, with risk's verdict, the orders called back, and the breakers that called them. */
  | {
      readonly kind: "decision";
      readonly asOf: Micros;
      readonly decisions: readonly RiskDecision[];
      readonly cancels: readonly OrderId[];
      readonly trips?: readonly Trip[];
    }
  /** Why: told behind the decision it speaks of. It acts on nothing, and replay passes it over. */
  | { readonly kind: "attribution"; readonly attribution: DecisionAttribution }
  /** What was to be told beside it, as an attribution is. */
  | { readonly kind: "note"; readonly note: SessionNote };

export interface Journal {
  /** Buffered; survives a crash only from the next barrier on. */
  event(event: EngineEvent): void;
  /** `trips`: breakers that have opened; a decision of theirs holds no orders. */
  decision(asOf: Micros, decisions: readonly RiskDecision[], cancels: readonly OrderId[], trips?: readonly Trip[]): void;
  /** May wait for the next barrier: orders never wait for their reasons. */
  attribution(attribution: DecisionAttribution): void;
  /** May wait for the next barrier, as an attribution. */
  note(note: SessionNote): void;
  /** Returns when everything appended so far is durable. Called before each submission. */
  barrier(): void;
}
