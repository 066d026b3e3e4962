// What risk or the venue's rules have refused of the standing target, and still do: so that the journal tells each refusal once, and not again at every timer.
// State of the engine. It refuses nothing itself: each batch is reviewed as if nobody remembered.
import type { RiskDecision } from "#domain/order.js";

export class StandingRefusals {
  /** Instrument -> what was wanted and why it was refused. */
  private told = new Map<number, string>();

  /** Those of a whole batch that say something new; what the batch does not ask for any more is forgotten. */
  news(decisions: readonly RiskDecision[]): readonly RiskDecision[] {
    const before = this.told;
    this.told = new Map();
    return decisions.filter((decision) => {
      if (decision.verdict !== "refuse") return true;
      const { order, rule, detail } = decision;
      const said = `${order.lots} ${rule} ${detail}`;
      this.told.set(order.instrument, said);
      return before.get(order.instrument) !== said;
    });
  }

  /** A person has spoken, or nothing of it is wanted: what is refused from here on is a new answer. */
  clear(): void {
    this.told.clear();
  }

  save(): readonly (readonly [number, string])[] {
    return [...this.told];
  }

  load(told: readonly (readonly [number, string])[]): void {
    this.told = new Map(told);
  }
}
