// Gives the orders of a simulated world other kinds before risk reviews them: what the engine makes by itself is market and limit orders. What
// opens or enlarges may wait for its price, or carry its own exits (a bracket); what reduces goes now. Deterministic, so that recovery repeats it.
import type { Instrument, Ticks } from "#domain/instrument.js";
import { type Order, type OrderTerms, type RiskDecision, orderIdOf } from "#domain/order.js";
import { protects } from "#domain/order-state.js";
import type { PortfolioView } from "#domain/portfolio-view.js";
import type { RiskEngine } from "#ports/stages.js";
import { mixed } from "./mixed.js";

/** Numbers of the exits of a bracket among the orders of their moment. */
const EXITS = [8, 9] as const;

export function mixKinds(risk: RiskEngine, seed: number, instruments: readonly Instrument[]): RiskEngine {
  return {
    ...risk,
    review(orders, view, gate, aims) {
      const draw = (order: Order, what: number): number => mixed(seed, Math.floor(view.asOf / 1e6), order.instrument, what);
      const decisions = risk.review(
        orders.map((order) => kindOf(order, view, draw(order, 21), draw(order, 22), instruments)),
        view,
        gate,
        aims,
      );
      const exits = decisions.flatMap((decision) => exitsOf(decision, view, (order) => draw(order, 23), instruments));
      return exits.length === 0 ? decisions : [...decisions, ...risk.review(exits, view, gate)];
    },
  };
}

function kindOf(order: Order, view: PortfolioView, draw: number, how: number, instruments: readonly Instrument[]): Order {
  const { instrument: i, lots } = order;
  const held = view.lots[i] as number;
  const ticks = Math.round((view.price[i] as number) / (instruments[i] as Instrument).tickSize);
  if (order.type !== "market" || order.terms !== undefined || !(ticks > 50)) return order;
  const side = Math.sign(lots);
  const from = (share: number): Ticks => Math.max(1, Math.round(ticks * (1 + side * share))) as Ticks;
  const as = (type: Order["type"], terms: OrderTerms, limit: Ticks | null = null): Order => ({ ...order, type, terms, limit });
  if (held * lots < 0) {
    if (draw < 0.3) return as("market", { timeInForce: "ioc" });
    return draw < 0.6 && Math.abs(lots) <= Math.abs(held) ? as("market", { reduceOnly: true }) : order;
  }
  if (draw < 0.2) return order;
  if (draw < 0.3) return as("market", { timeInForce: how < 0.5 ? "ioc" : "fok" });
  if (draw < 0.4) return as("limit", { timeInForce: how < 0.5 ? "day" : "gtc" }, from(0.002));
  if (draw < 0.5) return as("limit", { postOnly: true }, from(-0.003 * how));
  if (draw < 0.6) return as("stop", { trigger: from(0.003 * how) });
  if (draw < 0.7) return as("stop-limit", { trigger: from(0.002 * how) }, from(0.004));
  if (draw < 0.8) return as("trailing-stop", { trail: Math.max(1, Math.round(ticks * 0.003)) as Ticks });
  return order;
}

/** Of some orders that open a position at the market: a stop and a limit that wait for it. */
function exitsOf(decision: RiskDecision, view: PortfolioView, draw: (order: Order) => number, instruments: readonly Instrument[]): Order[] {
  const { order, verdict } = decision;
  const { instrument: i, lots, terms, type, id: parent, createdAt } = order;
  if (verdict === "refuse" || type !== "market" || terms !== undefined || protects(order) || view.lots[i] !== 0 || draw(order) < 0.3)
    return [];
  const ticks = Math.round((view.price[i] as number) / (instruments[i] as Instrument).tickSize);
  const side = Math.sign(lots);
  const [stopId, limitId] = EXITS.map((nth) => orderIdOf(createdAt, i, nth)) as [Order["id"], Order["id"]];
  const group = { id: `exit ${parent}`, kind: "bracket", parent } as const;
  const exit = { instrument: i, lots: -lots as Order["lots"], createdAt };
  const away = (share: number): Ticks => Math.max(1, Math.round(ticks * (1 + side * share))) as Ticks;
  return [
    { ...exit, id: stopId, type: "stop", limit: null, terms: { trigger: away(-0.004), reduceOnly: true, group } },
    { ...exit, id: limitId, type: "limit", limit: away(0.005), terms: { reduceOnly: true, group } },
  ];
}
