// A session that dies after any event, at any byte of its journal: started again it ends with the same orders, positions and cash.
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readJournalHeader } from "#adapters/stores/journal/file.js";
import { FileJournal, readJournal } from "#adapters/stores/journal/journal.js";
import type { DrivePosition } from "#app/modes/drive.js";
import { createRng } from "#base/rng.js";
import type { DecisionAttribution } from "#domain/attribution.js";
import type { SessionNote } from "#domain/session-note.js";
import type { EngineEvent } from "#domain/event.js";
import type { OrderId, RiskDecision } from "#domain/order.js";
import type { Micros } from "#domain/time.js";
import { restoreEngine, snapshotEngine } from "#engine/snapshot.js";
import type { Journal } from "#ports/journal.js";
import type { VenueState } from "#simulation/venue/state.js";
import { toyKinds } from "#test/fixtures/toy-look-back.js";
import { toyMarket } from "#test/fixtures/toy-market.js";
import { type ToyRunOptions, toyRun } from "#test/fixtures/toy-run.js";
import { nightlyOr } from "#test/needs.js";

interface Saved {
  readonly engine: Uint8Array;
  readonly venue: VenueState;
  readonly position: DrivePosition;
  readonly entries: number;
}

/** Dies with the given entry: neither it nor anything later is written, and what was not flushed is lost. */
class DyingJournal implements Journal {
  private left: number;
  constructor(
    private readonly journal: FileJournal,
    life: number,
  ) {
    this.left = life;
  }
  event(event: EngineEvent): void {
    this.live();
    this.journal.event(event);
  }
  decision(asOf: Micros, decisions: readonly RiskDecision[], cancels: readonly OrderId[]): void {
    this.live();
    this.journal.decision(asOf, decisions, cancels);
  }
  attribution(attribution: DecisionAttribution): void {
    this.live();
    this.journal.attribution(attribution);
  }
  note(note: SessionNote): void {
    this.live();
    this.journal.note(note);
  }
  barrier(): void {
    this.live();
    this.journal.barrier();
  }
  private live(): void {
    if (this.left-- <= 0) throw new Error("killed");
  }
}

/** Says of every decision what was ordered, a turn of the queue later. */
const reasons: NonNullable<ToyRunOptions["explain"]> = (signals, frame, decisions) =>
  Promise.resolve({
    asOf: frame.asOf,
    model: signals.model,
    basis: null,
    names: [],
    left: decisions.length,
    trouble: null,
  });

const DURABLE = { referenceBefore: 0, durable: true };

describe.each([
  "on the frame alone",
  "looking back",
  "learning",
  "weighing by risk",
  "optimizing, with stops",
  ...(["protected by ranges, trails and time"] as const).slice(0, nightlyOr(1, 0)),
] as const)("a session that is killed, %s", (name) => {
  const kind = {
    ...toyKinds[name],
    explain: reasons,
    // Anew for each run: some have a memory.
    get strategy() {
      return toyKinds[name].strategy;
    },
    get builder() {
      return toyKinds[name].builder;
    },
  };
  const full = toyMarket({ seed: "kill", days: 40, names: 6, euros: true });
  const market = { ...full, timers: kind.timersOf(full) };
  let folder = "";
  let path = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "kill-"));
    path = join(folder, "journal");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** The whole session, and what it had saved at each mark. */
  async function whole(options = DURABLE): Promise<{ saved: Saved[]; bytes: Buffer; end: unknown; entries: number }> {
    const journal = FileJournal.create(path, { run: "whole" }, options);
    const saved: Saved[] = [];
    const run = await toyRun(market, {
      ...kind,
      journal,
      onMark: (engine, venue, position) => {
        journal.barrier();
        saved.push({ engine: snapshotEngine(engine), venue: structuredClone(venue.save()), position, entries: journal.entries });
      },
    });
    journal.close();
    return { saved, bytes: readFileSync(path), end: endOf(run), entries: journal.entries };
  }

  const endOf = ({ engine, venue }: Awaited<ReturnType<typeof toyRun>>): unknown => ({
    ours: engine.account.holdings.save(),
    theirs: venue.save(),
    orders: engine.account.orders.save(),
    equity: engine.account.equity,
    fees: engine.account.feesTotal,
  });

  /** Goes on from the latest snapshot that the journal covers, or from the start, and tells how the session ended. */
  async function resume(saved: readonly Saved[], options = DURABLE): Promise<unknown> {
    let there = 0;
    for (const _ of readJournal(path)) there++;
    const from = saved.findLast((at) => at.entries <= there);
    const { journal } = FileJournal.resume(path, options, from?.entries ?? 0);
    const run = await toyRun(market, {
      ...kind,
      journal,
      ...(from === undefined ? {} : { from: from.position }),
      prepare: (engine, venue) => {
        if (from === undefined) return;
        restoreEngine(engine, from.engine);
        venue.load(from.venue);
      },
    });
    journal.finish();
    journal.close();
    return endOf(run);
  }

  const entries = (): string[] =>
    [...readJournal(path)].map((entry) => JSON.stringify(entry, (_, value: unknown) => (typeof value === "bigint" ? `${value}` : value)));

  it.each([
    ["with its rows in full", DURABLE],
    ["with its rows by reference", { referenceBefore: Number.POSITIVE_INFINITY, durable: true }],
  ])("leaves a journal %s that may be torn at any byte", async (_, options) => {
    const { saved, bytes, end } = await whole(options);
    const recorded = entries();
    const least = bytes.length - headless(bytes);
    const rng = createRng("bytes");
    for (let run = 0; run < nightlyOr(200, 15); run++) {
      writeFileSync(path, bytes);
      truncateSync(path, least + rng.int(bytes.length - least));
      expect(await resume(run % 3 === 0 ? [] : saved, options)).toEqual(end);
      expect(entries()).toEqual(recorded);
    }
  });

  it("may die with any event, decision or barrier, and again while it repeats", { timeout: 240_000 }, async () => {
    const { end, entries: total } = await whole();
    const recorded = entries();
    const rng = createRng("events");
    for (let run = 0; run < nightlyOr(100, 10); run++) {
      const saved: Saved[] = [];
      const first = FileJournal.create(path, { run }, DURABLE);
      const dies = toyRun(market, {
        ...kind,
        journal: new DyingJournal(first, rng.int(total)),
        onMark: (engine, venue, position) => {
          first.barrier();
          saved.push({ engine: snapshotEngine(engine), venue: structuredClone(venue.save()), position, entries: first.entries });
        },
      });
      await expect(dies).rejects.toThrow("killed");
      const second = FileJournal.resume(path, DURABLE, 0).journal;
      await expect(toyRun(market, { ...kind, journal: new DyingJournal(second, rng.int(total)) })).rejects.toThrow("killed");
      expect(await resume(run % 2 === 0 ? saved : [])).toEqual(end);
      expect(entries()).toEqual(recorded);
      expect(readJournalHeader(path)).toEqual({ run });
    }
  });

  it("does not go on as another session: one price that has changed is noticed", async () => {
    await whole();
    const { journal } = FileJournal.resume(path, DURABLE, 0);
    const changed = { ...market, bars: market.bars.map((bar, i) => (i === 100 ? { ...bar, close: bar.close + 0.01 } : bar)) };
    await expect(toyRun(changed, { ...kind, journal })).rejects.toMatchObject({ code: "replay-differs" });
    journal.close();
  });

  /** Bytes behind the header. */
  function headless(bytes: Buffer): number {
    const empty = join(folder, "empty");
    FileJournal.create(empty, { run: "whole" }, DURABLE).close();
    return bytes.length - readFileSync(empty).length;
  }
});
