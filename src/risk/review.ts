// Risk reviews a batch of orders as one: its own approvals count, and working orders are taken to fill in the worst way.
// No approved order moves a limit from inside to outside or worsens a breach; what only reduces a position always passes, be it a whole order
// or the first part of one that turns the position round. Two things go further: the floor of a position lets a reduction pass that closes it
// or stays above, and where a breaker is open nothing but reductions passes.
import type { TradingGate } from "#domain/breaker.js";
import type { Lots } from "#domain/instrument.js";
import type { Order, RiskDecision } from "#domain/order.js";
import { protects } from "#domain/order-state.js";
import type { PortfolioView } from "#domain/portfolio-view.js";
import { approve } from "./approve.js";
import { Exposure } from "./exposure.js";
import type { RiskLimits } from "./limits.js";
import { TailExposure, type TailLimit } from "./tail-exposure.js";

/** What one rule grants: the lots (absolute) that it allows. */
interface Rule {
  readonly name: string;
  room(order: Order, exposure: Exposure, view: PortfolioView): number;
}

function createRules(limits: RiskLimits): readonly Rule[] {
  const rules: Rule[] = [
    {
      name: "max-weight",
      room: (order, exposure, view) =>
        (limits.maxWeight * view.equity) / (view.lotValue[order.instrument] as number) - exposure.sameSide(order),
    },
    {
      name: "max-gross",
      // A flip first closes what is held: only the part beyond the worst case so far adds exposure.
      room: (order, exposure, view) => {
        const room = (limits.maxGross * view.equity - exposure.grossExposure) / (view.lotValue[order.instrument] as number);
        return Math.max(0, room) + exposure.worst(order.instrument) - exposure.sameSide(order);
      },
    },
    {
      name: "min-cash",
      room: (order, exposure, view) =>
        order.lots < 0
          ? Number.POSITIVE_INFINITY
          : (view.cash - exposure.committedCash - limits.minCash * view.equity) / (view.lotValue[order.instrument] as number),
    },
    {
      name: "max-turnover",
      room: (order, exposure, view) =>
        (limits.maxTurnover * view.markedEquity - exposure.traded) / (view.lotValue[order.instrument] as number),
    },
  ];
  const { maxOrderNotional } = limits;
  if (maxOrderNotional !== null) {
    rules.push({ name: "max-order-notional", room: (order, _, view) => maxOrderNotional / (view.lotValue[order.instrument] as number) });
  }
  return rules;
}

/** Fits the port `RiskEngine`; this folder knows only the domain. */
export interface RiskReviewer {
  /**
   * `gate`: what breakers say; without one all is open. `aims`: where orders are slices, the lots per instrument that they lead to; left out, each
   * order goes all its way.
   */
  review(orders: readonly Order[], view: PortfolioView, gate?: TradingGate, aims?: Float64Array): readonly RiskDecision[];
}

/** Verdicts come in the order of the orders. A resize names the tightest rule; a refusal names it too. `tail`: what the whole account may lose. */
export function createRiskEngine(limits: RiskLimits, tail: readonly TailLimit[] = []): RiskReviewer {
  const rules = createRules(limits);
  const { minWeight = 0 } = limits;

  /**
   * Whether an order is a slice on a way to nothing, or to the floor and beyond: what stands in between is no position that anybody chose. A way
   * that has begun ends, whatever prices do to its end meanwhile.
   */
  function isPassing({ instrument: i, lots }: Order, aims: Float64Array | undefined, view: PortfolioView): boolean {
    if (aims === undefined) return false;
    const [aim, held] = [aims[i] as number, view.lots[i] as number];
    if ((aim - held) * lots <= 0) return false;
    return aim === 0 || held * lots > 0 || Math.abs(aim) >= floorOf(i, view);
  }

  /** Whole lots; NaN where nobody knows. */
  function floorOf(i: number, view: PortfolioView): number {
    return Math.floor((minWeight * view.equity) / (view.lotValue[i] as number) + 1e-9);
  }

  /** Of `lots` (absolute) those that leave no position between nothing and the floor: the most that do, which may be none. */
  function aboveFloor(order: Order, lots: number, exposure: Exposure, view: PortfolioView, aims?: Float64Array): number {
    if (lots === Math.abs(order.lots) && isPassing(order, aims, view)) return lots; // what a limit has cut is no slice any more
    const floor = floorOf(order.instrument, view);
    if (!(floor > 0)) return lots; // not asked for, one lot is above it, or nobody knows what it is
    const reducible = exposure.reducible(order);
    if (lots > reducible && exposure.fewest(order) + lots >= floor) return lots;
    if (lots >= reducible) return reducible; // closed; or it was never held
    return Math.max(0, Math.min(lots, reducible - floor));
  }

  function judge(
    order: Order,
    exposure: Exposure,
    tails: TailExposure | null,
    view: PortfolioView,
    gate: TradingGate | undefined,
    aims: Float64Array | undefined,
  ): RiskDecision {
    if (protects(order)) return decide(order, exposure.isTurning(order) ? 0 : Math.abs(order.lots), "position-turns");
    const closedBy = gate?.closedBy(order.instrument) ?? null;
    if (closedBy !== null) return decide(order, Math.min(Math.abs(order.lots), exposure.reducible(order)), closedBy);
    if (exposure.reduces(order)) return decide(order, aboveFloor(order, Math.abs(order.lots), exposure, view, aims), "min-weight");
    const value = view.lotValue[order.instrument] as number;
    if (!(value > 0) || !(view.equity > 0)) {
      return {
        verdict: "refuse",
        order,
        rule: "no-price",
        detail: "no price, no exchange rate, or no equity to measure the order against",
      };
    }
    const wanted = Math.abs(order.lots);
    let granted = wanted;
    let tightest = "";
    for (const rule of rules) {
      const room = rule.room(order, exposure, view);
      const lots = room > 0 ? Math.floor(room + 1e-9) : 0; // a room that is not a number grants nothing
      if (lots >= granted) continue;
      granted = lots;
      tightest = rule.name;
    }
    const bearable = granted > 0 ? (tails?.room(order, granted) ?? null) : null;
    const { lots = granted, limit = null } = bearable ?? {};
    if (limit !== null) [granted, tightest] = [lots, limit.rule];
    granted = Math.max(granted, exposure.reducible(order));
    const kept = aboveFloor(order, granted, exposure, view, aims);
    if (kept === granted) return decide(order, kept, tightest, limit?.because);
    return decide(order, kept, "min-weight", tightest === "" ? undefined : `${tightest} leaves less than the least position`);
  }

  return {
    review(orders, view, gate, aims) {
      if (orders.length === 0) return [];
      const exposure = new Exposure(view);
      // What protects a position is not measured, and comes by itself at each fill.
      const tails = tail.length === 0 || orders.every(protects) ? null : new TailExposure(view, tail);
      return orders.map((order) => {
        const decision = judge(order, exposure, tails, view, gate, aims);
        if (decision.verdict !== "refuse") {
          exposure.add(decision.order);
          tails?.add(decision.order);
        }
        return decision;
      });
    },
  };
}

function decide(order: Order, granted: number, rule: string, because?: string): RiskDecision {
  const wanted = Math.abs(order.lots);
  if (granted === wanted) return { verdict: "approve", order: approve(order) };
  const detail = `${wanted} lots wanted, ${granted} allowed${because === undefined ? "" : `: ${because}`}`;
  if (granted === 0) return { verdict: "refuse", order, rule, detail };
  const lots = (Math.sign(order.lots) * granted) as Lots;
  return { verdict: "resize", order: approve(order, lots), from: order.lots, rule, detail };
}
