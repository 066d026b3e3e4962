// One simulated world: the whole paper stack of production (feed, engine, risk, journal, recovery, live loop, simulated venue) under one seed.
// Everything that happens follows from the seed: the same seed gives the same world, to the last message.
import type { Disk } from "#adapters/stores/journal/disk.js";
import { FileJournal, readJournal } from "#adapters/stores/journal/journal.js";
import { type LiveReport, runLive } from "#app/modes/live.js";
import {
  LIVE_START,
  type LiveSnapshot,
  type Recovered,
  decodeLiveSnapshot,
  encodeLiveSnapshot,
  recoverLive,
  snapshotLive,
} from "#app/modes/recover.js";
import { type Rng, createRng } from "#base/rng.js";
import type { Command, EngineEvent } from "#domain/event.js";
import { MINUTE_US, SECOND_US } from "#domain/time.js";
import { Engine } from "#engine/engine.js";
import type { EngineParts } from "#engine/engine-parts.js";
import type { ExecutionVenue } from "#ports/venue.js";
import { type Mailbox, createMailbox } from "#test/fixtures/fake-venue.js";
import { USD, toySource } from "#test/fixtures/toy-market.js";
import { isGuard } from "./book.js";
import { Exchange } from "./exchange.js";
import { type Death, type FaultKind, type Faults, drawFaults } from "./faults.js";
import { Feed } from "./feed.js";
import { Line, type Process } from "./line.js";
import { type SimMarket, createSimMarket } from "./market.js";
import type { Mutant } from "./mutant.js";
import { Oracle, type Violation } from "./oracle.js";
import { DiskError, Killed, SimDisk } from "./sim-disk.js";
import { type Setting, settingOf } from "./setting.js";
import { SIM_CASH, simStages } from "./trader.js";
import { VirtualTime } from "./virtual-time.js";

export interface WorldOptions {
  /** Faults that may occur; left out, the seed chooses. */
  readonly kinds?: readonly FaultKind[] | undefined;
  /** In place of the deaths that the seed draws. */
  readonly deaths?: readonly Death[] | undefined;
  /** In place of what the seed says. */
  readonly setting?: Partial<Setting> | undefined;
  readonly mutant?: Mutant | undefined;
  readonly trace?: ((line: string) => void) | undefined;
}

export interface WorldReport {
  readonly seed: number;
  readonly kinds: readonly FaultKind[];
  readonly violation: Violation | null;
  /** Events stepped, orders that arrived, fills, starts of the process, points of the disk. */
  readonly counts: Readonly<Record<"steps" | "orders" | "fills" | "starts" | "points", number>>;
  /** Why trading had stopped at the end; empty where it had not. */
  readonly halted: string;
  /**
   * What two worlds that must agree agree on: orders as they arrived (name and lots), positions and cash. What guards a position is placed anew with each
   * fill that is heard, so that two fills heard at once may have one pair of exits, or two.
   */
  readonly outcome: string;
}

const SESSIONS = 3;
const JOURNAL = "journal.twj";
const SNAPSHOT = "snapshot.bin";
const JOURNAL_OPTIONS = { referenceBefore: 0, durable: true };
/** A process that came to an end by itself is started again after this. */
const RESTART_US = 20 * SECOND_US;
/** Starts after which a process that never comes to its end is taken for broken. */
const MOST_STARTS = 60;

/** Runs the world to its end, or to the first law that is broken. */
export function simulate(seed: number, options: WorldOptions = {}): Promise<WorldReport> {
  return new World(seed, options).run();
}

class World {
  private readonly rng: Rng;
  private readonly setting: Setting;
  private readonly market: SimMarket;
  private readonly time: VirtualTime;
  private readonly faults: Faults;
  private readonly disk: SimDisk;
  private readonly oracle: Oracle;
  private readonly exchange: Exchange;
  private readonly feed: Feed;
  /** Deaths that count points of the disk: one after the other. */
  private readonly deaths: Death[];
  private death: Death | undefined;
  private commands: Mailbox<Command> = createMailbox();
  private process: Process = { alive: false };
  private line: Line | null = null;
  /** Of the process, once it has its book; until then the oracle does not look. */
  private engine: Engine | null = null;
  private report: LiveReport | null = null;
  private connected = true;
  private starts = 0;
  private steps = 0;

  constructor(
    private readonly seed: number,
    private readonly options: WorldOptions,
  ) {
    this.rng = createRng(`world/${seed}`);
    const { rng } = this;
    this.setting = { ...settingOf(seed), ...options.setting };
    this.market = createSimMarket(rng.fork("market"), SESSIONS, this.setting);
    this.time = new VirtualTime(this.market.begin);
    this.faults = drawFaults(rng.fork("faults"), this.market, this.setting.stages.length > 0, options.kinds);
    this.disk = new SimDisk(rng.fork("disk"), this.faults);
    this.oracle = new Oracle(this.market, SIM_CASH, this.setting, this.disk, JOURNAL);
    const { kinds } = this.faults;
    this.oracle.isHonest = !kinds.includes("lies") && !kinds.includes("clock") && !(this.setting.acts && kinds.includes("feed"));
    this.exchange = new Exchange(
      this.market,
      SIM_CASH,
      this.setting.financed,
      this.time,
      (event) => this.line?.hear(event),
      options.mutant,
    );
    this.feed = new Feed(this.market, this.time, rng.fork("feed"), this.faults);
    const deaths = options.deaths ?? this.faults.deaths;
    this.deaths = deaths.filter(({ at }) => "point" in at);
    for (const death of deaths) if ("moment" in death.at) this.time.at(death.at.moment, () => this.process.alive && this.die(death));
    this.plan();
    this.time.at(this.time.now, () => this.start());
  }

  async run(): Promise<WorldReport> {
    const { oracle, time, exchange } = this;
    for (;;) {
      // Everything that follows from what has just happened runs first.
      await new Promise((resolve) => setImmediate(resolve));
      if (this.process.alive && this.engine !== null && this.line !== null)
        oracle.looked(this.engine, exchange, this.line, time.now, this.faults.quietFrom);
      if (this.report !== null || oracle.violation !== null) break;
      if (!time.next()) oracle.broken("progress", "nothing is left to come, and the session has not ended");
    }
    while (oracle.violation === null && time.next()); // what is still on its way arrives
    if (oracle.violation === null && this.engine !== null) oracle.rested(this.engine, exchange);
    const { holdings } = exchange.venue;
    return {
      seed: this.seed,
      kinds: this.faults.kinds,
      violation: oracle.violation,
      counts: {
        steps: this.steps,
        orders: exchange.received.size,
        fills: exchange.fills.length,
        starts: this.starts,
        points: this.disk.points,
      },
      halted: this.engine?.reason ?? "",
      outcome: JSON.stringify([
        [...exchange.received.values()].filter((order) => !isGuard(order)).map(({ instrument, lots }) => [instrument, lots]),
        [...holdings.lots],
        String(holdings.ledger.balance(USD)),
      ]),
    };
  }

  /** What happens to the line, the disk, the clock and the people at the moments that were drawn. */
  private plan(): void {
    const { time, faults, disk } = this;
    const set = (connected: boolean) => (): void => {
      this.connected = connected;
      if (connected) this.line?.join();
      else this.line?.cut();
    };
    for (const { from, to } of faults.disconnects) {
      time.at(from, set(false));
      time.at(to, set(true));
    }
    const fill = (full: boolean) => (): void => {
      disk.full = full;
    };
    for (const { from, to } of faults.fullDisk) {
      time.at(from, fill(true));
      time.at(to, fill(false));
    }
    for (const { at, by } of faults.clock) time.at(at, () => time.set(by));
    for (const { at, command } of faults.commands) time.at(at, () => this.commands.put(command));
    time.at(faults.quietFrom, () => {
      disk.heal();
      if (this.options.deaths === undefined) disk.killAt = Number.POSITIVE_INFINITY;
    });
  }

  private die(death: Death): void {
    this.process.alive = false;
    this.time.forgetSleepers();
    this.trace(`the process dies${death.power ? ", and the power fails" : ""}`);
    if (death.power) this.disk.losePower();
    this.time.after(death.downUs, () => this.start());
  }

  private start(): void {
    const { time, disk, faults } = this;
    if (++this.starts > MOST_STARTS) return this.oracle.broken("recovery", "the process does not come to its end");
    const process: Process = { alive: true };
    this.process = process;
    this.engine = null;
    this.commands = createMailbox();
    this.death = this.options.deaths !== undefined || time.now < faults.quietFrom ? this.deaths.shift() : undefined;
    disk.killAt = this.death !== undefined && "point" in this.death.at ? disk.points + this.death.at.point : Number.POSITIVE_INFINITY;
    this.session(process).then(
      (report) => {
        this.report = report;
        return report;
      },
      (error: unknown) => {
        if (!process.alive) return;
        process.alive = false;
        time.forgetSleepers();
        const message = error instanceof Error ? error.message : String(error);
        this.trace(`the process ends: ${message}`);
        if (error instanceof DiskError) time.after(RESTART_US, () => this.start());
        else this.oracle.broken("crash", message);
      },
    );
  }

  /** The life of one process: what an operator's program does with the parts of production. */
  private async session(process: Process): Promise<LiveReport> {
    const { time, oracle, market } = this;
    const { mutant } = this.options;
    let mine: Engine | null = null;
    const line = new Line({
      time,
      rng: this.rng.fork(`line/${this.starts}`),
      faults: this.faults,
      exchange: this.exchange,
      process,
      onSent: (order) => {
        this.trace(`sends ${order.id}: ${order.lots} of ${order.instrument}`);
        if (mine !== null) oracle.sent(order, mine);
      },
      onLie: () => {
        this.trace("the exchange lies");
        oracle.lied = true;
      },
    });
    this.line = line;
    if (!this.connected) line.cut();
    const venue = mutant?.venue?.(line, () => mine) ?? line;
    const mounted = this.disk.mount(process, () => this.die(this.death as Death));
    const disk = mutant?.disk?.(mounted) ?? mounted;
    const { engine, journal, position } = await this.open(disk, this.stages(), venue);
    mine = engine;
    oracle.started(readJournal(JOURNAL, mounted), engine);
    mutant?.started?.(engine, journal);
    this.engine = engine;
    this.watch(engine, process);
    return runLive({
      enabled: true,
      engine,
      venue,
      journal,
      feed: this.feed.connect(process, position.nextRow),
      venueEvents: line.events,
      commands: this.commands,
      timers: market.timers.slice(position.timers)[Symbol.iterator](),
      clock: time.wall,
      elapsedUs: () => time.now,
      sleepUntil: time.sleepUntil,
      compareEveryUs: 3 * MINUTE_US,
      cashTolerance: 0,
      from: position,
      onMark: (at) => keep(disk, snapshotLive(engine, journal, at)),
    });
  }

  private async open(
    disk: Disk,
    parts: Omit<EngineParts, "venue" | "journal">,
    venue: ExecutionVenue,
  ): Promise<Omit<Recovered, "cutBytes">> {
    if (!this.disk.has(JOURNAL)) {
      const journal = FileJournal.create(JOURNAL, { seed: this.seed }, JOURNAL_OPTIONS, disk);
      return { engine: new Engine({ ...parts, venue, journal }), journal, position: LIVE_START };
    }
    const from = this.disk.has(SNAPSHOT) ? decodeLiveSnapshot(this.disk.content(SNAPSHOT)) : null;
    const recovered = await recoverLive({
      path: JOURNAL,
      options: JOURNAL_OPTIONS,
      disk,
      from,
      engine: parts,
      venue,
      source: toySource([]),
    });
    this.trace(`recovers ${recovered.journal.entries} entries, ${from?.entries ?? 0} by the snapshot; ${recovered.cutBytes} bytes are cut`);
    return recovered;
  }

  /** Risk is overheard once the process trades. */
  private stages(): Omit<EngineParts, "venue" | "journal"> {
    const { rules } = this.market;
    const asked = rules === null ? rules : (this.options.mutant?.asked?.(rules) ?? rules);
    const stages = simStages({ ...this.market, rules: asked }, this.seed, this.setting);
    const risk = { ...stages.risk, ...this.options.mutant?.risk?.(stages.risk, this.setting.limits) };
    const builder = this.options.mutant?.builder?.(stages.builder) ?? stages.builder;
    return {
      ...stages,
      builder: {
        ...builder,
        build: (...args) => {
          const target = builder.build(...args);
          this.oracle.built(target);
          return target;
        },
      },
      risk: {
        ...risk,
        review: (orders, view, gate, aims) => {
          const decisions = risk.review(orders, view, gate, aims);
          if (this.engine !== null && this.engine.view.lots === view.lots) this.oracle.reviewed(orders, decisions, this.engine, aims);
          return decisions;
        },
      },
    };
  }

  private watch(engine: Engine, process: Process): void {
    const step = engine.step.bind(engine);
    engine.step = (event) => {
      if (!process.alive) throw new Killed();
      this.steps++;
      this.trace(describe(event));
      this.oracle.stepping(event, engine);
      const pending = step(event);
      if (pending === undefined) return this.oracle.stepped(engine);
      return pending.then(() => this.oracle.stepped(engine));
    };
  }

  private trace(text: string): void {
    this.options.trace?.(`${(this.time.now / 1e6).toFixed(3)} ${text}`);
  }
}

/** Aside and renamed, as production does. */
function keep(disk: Disk, snapshot: LiveSnapshot): void {
  const bytes = encodeLiveSnapshot(snapshot);
  const file = disk.create(`${SNAPSHOT}.part`);
  for (let done = 0; done < bytes.length; ) done += file.write(bytes, done, done);
  file.sync();
  disk.rename(`${SNAPSHOT}.part`, SNAPSHOT);
}

function describe(event: EngineEvent): string {
  if (event.kind === "market") return `hears the market up to row ${event.nextRow}`;
  if (event.kind === "timer") return `timer ${event.name}`;
  return JSON.stringify(event, (_, value: unknown) => (typeof value === "bigint" ? `${value}` : value));
}
