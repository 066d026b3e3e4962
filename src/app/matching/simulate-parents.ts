// A parent order in a style of execution, by the engine, on one recorded book or on several with a router before them; and what it cost. The engine sees
// the first venue's market; the router sees the books of all, each as late as its data came.
import { invariant, TruewindError } from "#base/errors.js";
import { fromTicks, type Instrument, toLots } from "#domain/instrument.js";
import { toMicro } from "#domain/money.js";
import type { OrderType } from "#domain/order.js";
import type { Recording } from "#data/books/recording.js";
import { formatMicros, micros, SECOND_US } from "#domain/time.js";
import type { Fill } from "#domain/venue-event.js";
import type { ProtectionOptions } from "#execution/protection.js";
import type { RouterTrigger } from "#execution/routing/merged-market.js";
import { type Place, type SteppedVenue } from "#execution/routing/place.js";
import { RoutedVenue } from "#execution/routing/routed-venue.js";
import type { Journal } from "#ports/journal.js";
import { approveParts } from "#risk/approve-parts.js";
import { BOUGHT, CROSSED, SOLD, type Tape } from "#simulation/book/tape.js";
import { DRIVE_START, drive } from "../modes/drive.js";
import { createBookEngine, type Decision, type Steps, timersOf } from "./book-engine.js";
import { bookMarket } from "./book-market.js";
import { ASSUMED_OF_ALL, instrumentOf, IX, type OpenPlace, openPlace, openRecording, readTape, spanOf } from "./open-places.js";
import { type MeanAndError, mean, meanAndError } from "../execution/mean-and-error.js";
import { type ParentCost, ParentLog } from "./parent-log.js";
import { seenMarket } from "./seen-market.js";
import type { SimulatedFill } from "./simulate-recording.js";
import type { ParentSettings, Simulation, SimulationVenue } from "./simulation-file.js";

export interface PlaceResult {
  readonly name: string;
  /** Orders that it was sent, sizes of them and of its fills, part of those that rested. */
  readonly orders: number;
  readonly sent: number;
  readonly filled: number;
  readonly rested: number;
  readonly feesPaid: number;
}

export interface ParentsResult {
  readonly symbol: string;
  readonly format: string;
  readonly from: string;
  readonly to: string;
  readonly steps: number;
  readonly events: number;
  readonly seconds: number;
  readonly style: string;
  readonly parents: readonly ParentCost[];
  readonly orders: number;
  readonly endings: Readonly<Record<string, number>>;
  /** Mean over parent orders. */
  readonly costs: Readonly<Record<"timing" | "crossing" | "opportunity" | "fees" | "total", MeanAndError>>;
  readonly filled: number;
  readonly rested: number;
  /** What the account has more than it began with, at the last mid-price, fees paid; in the instrument's currency. */
  readonly profit: number;
  /** What ended positions between two orders. */
  readonly exits: readonly { readonly type: OrderType; readonly fills: number; readonly size: number }[];
  readonly venues: readonly PlaceResult[];
  readonly assumptions: readonly string[];
  readonly fills: readonly SimulatedFill[];
}

const NO_JOURNAL: Journal = { event() {}, decision() {}, attribution() {}, note() {}, barrier() {} };

/** Throws `bad-file`, `bad-config`, `no-such-file`, or what `signal` was aborted with. */
export async function simulateParents(simulation: Simulation, settings: ParentSettings, signal: AbortSignal): Promise<ParentsResult> {
  const recording = await openRecording(simulation.recording);
  const { format } = recording;
  const instrument = instrumentOf(simulation, format.symbol);
  const cashMicro = toMicro(settings.cash);
  const places = await openPlaces(simulation, recording, instrument, cashMicro, signal);
  const { tape } = places[0] as OpenPlace;
  const lots = toLots(settings.size, instrument);
  if (lots < 1)
    throw new TruewindError("bad-config", `strategy.parent.size: ${settings.size} is less than one lot of ${instrument.lotSize}.`);
  if (settings.execution?.kind === "vwap")
    throw new TruewindError(
      "bad-config",
      "strategy.parent.execution: vwap needs sessions before this one, which a recording has not; use twap.",
    );
  const [from, to] = spanOf(tape);
  const steps = await stepsOf(recording, to, settings);
  const decisions = decisionsOf(settings, lots, steps);
  const protection = settings.protect ?? null;
  // A recorded book knows no groups of orders: what protects is held by a router, which stands before a single venue, too.
  const isRouted = simulation.venues !== undefined || protection !== null;
  const triggerOn = simulation.venues === undefined ? simulation.venue.triggers : (simulation.router?.triggers ?? "trade");
  if (protection !== null && triggerOn === "trade") refuseDeaf(protection, places);
  const router = isRouted
    ? new RoutedVenue({
        instruments: [instrument],
        places: places.map(placeOf(instrument)),
        approveParts,
        driftBpsPerMs: simulation.router?.driftBpsPerMs ?? 0,
        triggerOn,
      })
    : null;
  const venue = router ?? (places[0] as OpenPlace).venue;
  const parts = { instrument, steps, decisions, style: settings.execution ?? null, protection, cashMicro };
  const log: ParentLog = new ParentLog(instrument, () => engine.account.holdings.price[IX] as number, NO_JOURNAL);
  const engine = createBookEngine(parts, venue, announced(log, steps, decisions));
  const startedAt = performance.now();
  const events = await drive({
    engine,
    venue,
    source: bookMarket(() => recording.replay().batches(), steps.everyUs),
    references: [],
    timers: timersOf(steps, decisions),
    from: DRIVE_START,
    signal,
  });
  log.end();
  const seconds = (performance.now() - startedAt) / 1000;
  invariant(engine.mode === "running", `the account stopped trading: ${engine.reason}`);
  const costs = log.costs();
  const maker = places.reduce((sum, place) => sum + place.venue.traded.makerLots, 0);
  const traded = places.reduce((sum, place) => sum + place.venue.traded.takerLots, maker);
  const costOf = (part: keyof ParentsResult["costs"]): MeanAndError => meanAndError(costs.map((cost) => cost[part]));
  return {
    symbol: format.symbol,
    format: format.name,
    from: formatMicros(micros(from)),
    to: formatMicros(micros(to)),
    steps: steps.count,
    events,
    seconds,
    style: settings.execution?.kind ?? "at once",
    parents: costs,
    orders: log.orders,
    endings: Object.fromEntries(log.endings),
    costs: {
      timing: costOf("timing"),
      crossing: costOf("crossing"),
      opportunity: costOf("opportunity"),
      fees: costOf("fees"),
      total: costOf("total"),
    },
    filled: mean(costs.map(({ filled }) => filled)),
    rested: traded === 0 ? 0 : maker / traded,
    profit: engine.account.equity - settings.cash,
    exits: [...log.exits].map(([type, { fills, lots: size }]) => ({ type, fills, size: size * instrument.lotSize })),
    venues: places.map((place, k) => placeResult(place, instrument, log, router?.tallies[k] ?? null)),
    assumptions: assumptionsOf(places, settings, triggerOn),
    fills: log.fills.map((fill) => fillRow(fill, instrument)),
  };
}

/** The first one has the cash: one account clears them all. */
async function openPlaces(
  simulation: Simulation,
  recording: Recording,
  instrument: Instrument,
  cashMicro: bigint,
  signal: AbortSignal,
): Promise<readonly OpenPlace[]> {
  const named: readonly (SimulationVenue & { readonly name: string; readonly recording?: readonly string[] | undefined })[] =
    simulation.venues ?? [{ ...simulation.venue, name: recording.format.symbol }];
  const tapes = new Map<string, Tape>();
  const places: OpenPlace[] = [];
  for (const one of named) {
    // Venues that replay the same share its tape.
    const { recording: files = simulation.recording, halts, auctions, sessionEnds } = one;
    const key = JSON.stringify([files, halts, auctions, sessionEnds]);
    const own = files === simulation.recording ? recording : await openRecording(files);
    const tape = tapes.get(key) ?? (await readTape(own, instrument, one, signal));
    tapes.set(key, tape);
    places.push(await openPlace(one.name, tape, instrument, one, places.length === 0 ? cashMicro : 0n));
  }
  return places;
}

/** Steps from the first one at whose end a price is known, and that does not end before `notBefore`. */
async function stepsOf(recording: Recording, to: number, { stepSeconds, from: notBefore = 0 }: ParentSettings): Promise<Steps> {
  const everyUs = Math.max(1, Math.round(stepSeconds * SECOND_US));
  for await (const batch of bookMarket(() => recording.replay().batches(), everyUs).batches(0)) {
    if (batch.kind !== "bar" || (batch.at[0] as number) < notBefore) continue;
    const from = (batch.at[0] as number) - everyUs;
    const count = Math.floor((to - from) / everyUs);
    if (count >= 2) return { from, everyUs, count };
    break;
  }
  throw new TruewindError(
    "no-data",
    `${recording.parts.join(", ")} shows a book for less than two steps of ${stepSeconds} s from there on.`,
  );
}

/** The first at the end of the first step; each has to be over when the next one comes. */
function decisionsOf({ side, everySeconds, stepSeconds, execution }: ParentSettings, lots: number, { count }: Steps): readonly Decision[] {
  const every = everySeconds === undefined ? count : Math.max(1, Math.round(everySeconds / stepSeconds));
  const bars = execution !== undefined && "bars" in execution ? execution.bars : 1;
  if (bars > every)
    throw new TruewindError(
      "bad-config",
      `strategy.parent: an order takes ${bars} steps, and the next one comes after ${every}: raise everySeconds.`,
    );
  const decisions: Decision[] = [];
  for (let step = 0; step === 0 || step + every <= count - 1; step += every) {
    const buys = side === "buy" || (side === "alternate" && decisions.length % 2 === 0);
    decisions.push({ step, lots: buys ? lots : -lots });
  }
  return decisions;
}

/** The log hears of a parent order right before the engine decides. */
function announced(log: ParentLog, { from, everyUs }: Steps, decisions: readonly Decision[]): Journal {
  const changes = new Map(decisions.map(({ step, lots }) => [from + (step + 1) * everyUs, lots]));
  return {
    event(event) {
      if (event.kind === "timer" && event.name === "decide") log.begin(event.seenAt, changes.get(event.seenAt) as number);
      log.event(event);
    },
    decision: (...told) => log.decision(...told),
    attribution: (...told) => log.attribution(...told),
    note: (...told) => log.note(...told),
    barrier: () => log.barrier(),
  };
}

function placeOf(instrument: Instrument): (place: OpenPlace) => Place {
  return ({ name, venue, seen, settings: { fees, latency } }) => ({
    name,
    venue: venue satisfies SteppedVenue,
    market: seenMarket([seen], [instrument]),
    makerFeeBps: fees.makerBps,
    takerFeeBps: fees.takerBps,
    latencyUs: "entryUs" in latency ? latency.entryUs : 0,
  });
}

function placeResult(
  { name, venue }: OpenPlace,
  { lotSize }: Instrument,
  log: ParentLog,
  tally: RoutedVenue["tallies"][number] | null,
): PlaceResult {
  const { makerLots, takerLots } = venue.traded;
  const fees = tally?.feeMicro ?? log.fills.reduce((sum, { feeMicro }) => sum + feeMicro, 0n);
  return {
    name,
    orders: tally?.orders ?? log.orders,
    sent: (tally?.sentLots ?? log.sentLots) * lotSize,
    filled: (makerLots + takerLots) * lotSize,
    rested: makerLots + takerLots === 0 ? 0 : makerLots / (makerLots + takerLots),
    feesPaid: Number(fees) / 1e6,
  };
}

function fillRow({ order, at, lots, price, feeMicro }: Fill, instrument: Instrument): SimulatedFill {
  const size = Number((Math.abs(lots) * instrument.lotSize).toPrecision(15));
  const side = lots > 0 ? "buy" : "sell";
  return { order, at, side, price: Number(fromTicks(price, instrument).toPrecision(15)), size, fee: Number(feeMicro) / 1e6 };
}

/** Throws `bad-config` where stops wait for prints that are not recorded. */
function refuseDeaf({ stopLoss, trailing }: ProtectionOptions, places: readonly OpenPlace[]): void {
  if (stopLoss === null && trailing === null) return;
  if (places.some(({ tape }) => tape.kind.some((kind) => kind === BOUGHT || kind === SOLD || kind === CROSSED))) return;
  throw new TruewindError(
    "bad-config",
    "strategy.parent.protect: no trades are recorded, so that no stop would ever wake; set triggers to quote (router.triggers, of one venue venue.triggers).",
  );
}

function assumptionsOf(places: readonly OpenPlace[], { cash, protect }: ParentSettings, triggerOn: RouterTrigger): string[] {
  const several = places.length > 1;
  return [
    ...places.flatMap(({ name, assumptions }) => assumptions.map((words) => (several ? `${name}: ${words}` : words))),
    ...ASSUMED_OF_ALL,
    ...(several
      ? [
          "One account clears all venues: what is bought at one may be sold at another.",
          `The engine sees the market of ${places[0]?.name}; the router sees the books of all as they were shown, our own trades not taken out, and splits by price, fee and latency.`,
          "An order keeps its limit at each venue. What a venue refuses or cannot fill of an order that takes goes to the others once.",
        ]
      : []),
    ...(protect === undefined
      ? []
      : [
          `What protects a position is held by the router, in no queue: a stop wakes on ${triggerOn === "trade" ? "the last print seen at any venue" : "the best quote seen of all venues"}, and takes what is there when it comes; a limit at a gain takes what is displayed within it.`,
        ]),
    `Cost: mid-price at the decision against fills, in basis points. The account began with ${cash.toLocaleString("en-US")} and may hold that much, long or short.`,
  ];
}
