// What the manager would do after the last session of the data, name by name: the decision of the engine itself, with the experiment's models,
// portfolio and limits, from what is held now. Nothing is sent: its venue hears nothing.
import type { Currency, Instrument } from "#domain/instrument.js";
import type { RiskDecision } from "#domain/order.js";
import type { Session } from "#domain/session.js";
import type { Signals } from "#domain/signal.js";
import type { TimerFired } from "#domain/event.js";
import { formatMicros, type Micros, SECOND_US } from "#domain/time.js";
import { TruewindError } from "#base/errors.js";
import { Engine } from "#engine/engine.js";
import type { ModelSchedule } from "#ports/model.js";
import type { PortfolioBuilder } from "#ports/stages.js";
import { ReturnMemory } from "#portfolio/return-memory.js";
import { withRiskBudget } from "#portfolio/risk-budget.js";
import { SIMULATED_CAPABILITIES } from "#simulation/venue/capabilities.js";
import { SimulatedVenue } from "#simulation/venue/simulated-venue.js";
import type { Experiment } from "../config/experiment.js";
import { stepsPerYearOf, toCostModel } from "../config/parts.js";
import type { ResolvedRisk } from "../config/risk-limits.js";
import { DRIVE_START, drive } from "../modes/drive.js";
import { engineParts } from "../modes/paper.js";
import { silentVenue } from "../modes/replay.js";
import { tradingSchedule } from "../modes/schedule.js";
import { builderWorld, timersOf } from "../modes/study.js";
import { type Universe, windowOf } from "../modes/universe.js";

export interface OvernightSignal {
  readonly instrument: string;
  /** What is to be done from what is held now: BUY where there is something to buy, SELL to sell, else HOLD. */
  readonly action: "BUY" | "SELL" | "HOLD";
  /** Over the label's horizon, in the label's unit; null: no opinion. */
  readonly expectedReturn: number | null;
  /** Probability that its sign is right; null where the model gives none. */
  readonly confidence: number | null;
  /** Fractions of equity: what is held, and what is wanted within the budget. */
  readonly heldWeight: number;
  readonly targetWeight: number;
  /** Lots held, and lots to order now after risk; negative sells. */
  readonly held: number;
  readonly order: number;
  /** What risk took off the order, or why there is no weight: one sentence; null where nothing was. */
  readonly note: string | null;
}

export interface OvernightSignals {
  /** Of the decision. */
  readonly at: string;
  /** Day of the last session. */
  readonly session: string;
  readonly model: string;
  readonly currency: string;
  readonly equity: number;
  /** Deviation a year: the budget (null: none), and the forecast of what is wanted (null: nothing is, or nothing is known). */
  readonly riskBudget: number | null;
  readonly volatility: number | null;
  readonly risk: string;
  /** Of a portfolio whose first way may fail: who answered, and why nobody before did; null where all is as asked and nobody tells. */
  readonly answer: { readonly step: string; readonly failed: readonly string[] } | null;
  /** Members and what is held, those with the largest orders first. */
  readonly signals: readonly OvernightSignal[];
}

export interface OvernightParts {
  readonly experiment: Experiment;
  readonly universe: Universe;
  readonly models: ModelSchedule;
  readonly risk: ResolvedRisk;
  /** Deviation a year, fraction; null: none. */
  readonly riskBudget: number | null;
  /** Micro-units of the account's currency, and lots of each instrument. */
  readonly cashMicro: bigint;
  readonly lots: Float64Array;
  readonly signal?: AbortSignal | undefined;
}

const WINDOW = 252;

/** Throws `bad-config` for a position whose price the data do not know. */
export async function overnightSignals(parts: OvernightParts): Promise<OvernightSignals> {
  const { experiment, universe, models, risk, lots } = parts;
  const world = builderWorld(universe);
  const window = Math.min(WINDOW, world.steps.length - 1);
  let forecast = { volatility: Number.NaN, unknown: [] as readonly number[] };
  const built = engineParts({ ...experiment, execution: undefined }, universe, models, risk);
  const budget = {
    volatility: parts.riskBudget,
    stepsPerYear: stepsPerYearOf(world.steps),
    window,
    onForecast: (volatility: number, unknown: readonly number[]) => void (forecast = { volatility, unknown }),
  };
  let said: Signals | null = null;
  let answer: OvernightSignals["answer"] = null;
  const timers = timersUntil(experiment, universe, models);
  const last = timers.at(-1) as TimerFired;
  let member = new Uint8Array(lots.length);
  const decided: RiskDecision[] = [];
  const engine: Engine = new Engine({
    ...built,
    builder: withRiskBudget(
      decidingAt(built.builder, last, (told) => void (answer = told)),
      budget,
      new ReturnMemory(world.steps, world.instruments, window),
    ),
    // Breakers are about the past of an account, which this one has not.
    breakers: undefined,
    venue: { ...silentVenue, capabilities: SIMULATED_CAPABILITIES },
    journal: { event() {}, decision: (_, decisions) => void decided.push(...decisions), attribution() {}, note() {}, barrier() {} },
    onSignals: (signals, frame) => {
      said = { ...signals, expectedReturn: Float64Array.from(signals.expectedReturn), confidence: signals.confidence?.slice() ?? null };
      member = Uint8Array.from(frame.member);
    },
  });
  const currency = experiment.account.currency as Currency;
  await drive({
    engine,
    venue: new SimulatedVenue(universe.instruments, currency, 0n, toCostModel(experiment)),
    source: universe.dataset.source(windowOf(universe)),
    references: universe.told,
    timers: timers.values(),
    from: DRIVE_START,
    signal: parts.signal,
    // Right before the decision: what is held now has its splits and dividends behind it.
    onMark: () => hold(engine, parts, currency),
  });
  return { ...tell(parts, engine, said as unknown as Signals, member, decided, forecast), answer };
}

/**
 * The last moment of the data decides. Before it the moments are observed that models look back on, and a model that goes on learning speaks at all
 * decisions since it is in force, as in a session that began then: it is told what came of them.
 */
function timersUntil(experiment: Experiment, universe: Universe, models: ModelSchedule): readonly TimerFired[] {
  const { sessions } = universe;
  const { learns, steps } = models;
  const grace = experiment.rebalance.graceSeconds * SECOND_US;
  const idAfter = (k: number): string | undefined => models.at(((sessions[k] as Session).closeAt + grace) as Micros)?.id;
  let first = sessions.length - 1;
  if (learns === true) while (first > 0 && idAfter(first - 1) === idAfter(sessions.length - 1)) first--;
  const options = timersOf({ ...experiment, monitor: undefined }, universe, sessions.slice(first), 0);
  const timers = [...tradingSchedule(options, sessions, steps)];
  const { openAt } = sessions.at(-1) as Session;
  const before = timers.slice(0, -1).flatMap((timer): TimerFired[] => {
    if (timer.name === "mark") return timer.seenAt > openAt ? [timer] : [];
    if (timer.name !== "decide") return timer.name === "observe" ? [timer] : [];
    if (learns === true) return [timer];
    return steps > 1 ? [{ ...timer, name: "observe" }] : [];
  });
  return [...before, { ...(timers.at(-1) as TimerFired), name: "decide" }];
}

/** Asks for weights at the last moment alone: what was said before is for the model to learn from. */
function decidingAt(builder: PortfolioBuilder, last: TimerFired, onAnswer: (answer: OvernightSignals["answer"]) => void): PortfolioBuilder {
  return {
    ...builder,
    build(signals, frame, view) {
      if (signals.asOf < last.seenAt) return { asOf: signals.asOf, weights: new Float64Array(frame.instruments).fill(Number.NaN) };
      const target = builder.build(signals, frame, view);
      onAnswer(target.answer ?? null);
      return target;
    },
  };
}

function hold({ account, now }: Engine, { cashMicro, lots, universe }: OvernightParts, currency: Currency): void {
  const { holdings } = account;
  const bare = lots.findIndex((count, i) => count !== 0 && !((holdings.price[i] as number) > 0));
  if (bare >= 0)
    throw new TruewindError(
      "bad-config",
      `The holdings name ${(universe.instruments[bare] as Instrument).id}, which has no price in the data any more: take it out and count its worth as cash.`,
    );
  holdings.lots.set(lots);
  holdings.ledger.post(currency, "deposit", cashMicro - holdings.ledger.balance(currency));
  account.desired.set(lots);
  account.revalue(now);
  account.mark(true);
}

function tell(
  { experiment, universe, risk, riskBudget }: OvernightParts,
  { account, now }: Engine,
  { expectedReturn, confidence, model }: Signals,
  member: Uint8Array,
  decided: readonly RiskDecision[],
  { volatility, unknown }: { readonly volatility: number; readonly unknown: readonly number[] },
): Omit<OvernightSignals, "answer"> {
  const known = (value: number | undefined): number | null => (value === undefined || !Number.isFinite(value) ? null : value);
  const weight = (lots: number, i: number): number => (lots === 0 ? 0 : (lots * (account.lotValue[i] as number)) / account.equity);
  const rows = universe.instruments.flatMap(({ id }, i): OvernightSignal[] => {
    const held = account.lots[i] as number;
    if (member[i] !== 1 && held === 0) return [];
    const decision = decided.find(({ order }) => order.instrument === i);
    const order = decision === undefined || decision.verdict === "refuse" ? 0 : decision.order.lots;
    const limited = decision === undefined || decision.verdict === "approve" ? null : `${decision.rule}: ${decision.detail}`;
    return [
      {
        instrument: id,
        action: order > 0 ? "BUY" : order < 0 ? "SELL" : "HOLD",
        expectedReturn: known(expectedReturn[i]),
        confidence: known(confidence?.[i]),
        heldWeight: weight(held, i),
        targetWeight: weight(account.desired[i] as number, i),
        held,
        order,
        note: unknown.includes(i) ? "Its past is not known over the window of the risk budget: it gets no weight." : limited,
      },
    ];
  });
  const size = ({ order, instrument }: OvernightSignal): number =>
    Math.abs(order * (account.lotValue[universe.instruments.findIndex(({ id }) => id === instrument)] as number));
  return {
    at: formatMicros(now),
    session: (universe.sessions.at(-1) as Session).date,
    model,
    currency: experiment.account.currency,
    equity: account.equity,
    riskBudget,
    volatility: known(volatility),
    risk: risk.profile,
    signals: rows.sort(
      (a, b) => size(b) - size(a) || Math.abs(b.targetWeight) - Math.abs(a.targetWeight) || (a.instrument < b.instrument ? -1 : 1),
    ),
  };
}
