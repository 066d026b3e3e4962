import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { FileJournal } from "#adapters/stores/journal/journal.js";
import type { Micros } from "#domain/time.js";
import type { ProtectionOptions } from "#execution/protection.js";
import type { ExecutionStyle } from "#execution/style.js";
import { BookWorld, type SavedSession } from "#test/fixtures/book-world.js";
import { MemoryJournal } from "#test/fixtures/toy-run.js";
import { replayJournal } from "../modes/replay.js";

const folder = mkdtempSync(join(tmpdir(), "truewind-book-engine-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const free = { participation: null };
const styles: readonly (ExecutionStyle | null)[] = [
  null,
  { kind: "twap", bars: 20, ...free },
  { kind: "shortfall", bars: 20, urgency: 2, ...free },
  { kind: "opportunistic", bars: 20, patience: 4, forecast: "weighted-mid", ...free },
];
const decisions = [
  { step: 0, lots: 30 },
  { step: 40, lots: -55 },
  { step: 80, lots: 25 },
  { step: 130, lots: 12 },
];
const worlds = styles.flatMap((style) =>
  (style === null ? [1, 2, 3] : [1, 2]).map((places) => [`${style?.kind ?? "at once"}, ${places} places`, { style, places }] as const),
);
const worldOf = (of: { style: ExecutionStyle | null; places: number }, seed: string): BookWorld =>
  new BookWorld({ seed, steps: 180, decisions, ...of });

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** What was decided and what the venue said: all but the market. */
function spoken({ entries }: MemoryJournal, from = 0): string[] {
  const text = (value: unknown): string => JSON.stringify(value, (_, part: unknown) => (typeof part === "bigint" ? `${part}n` : part));
  return entries
    .slice(from)
    .map((entry) => (entry.kind === "event" && entry.event.kind === "market" ? `market ${entry.event.nextRow}` : text(entry)));
}

describe.each(worlds)("an engine on recorded books: %s", (_, of) => {
  it("reaches what was written down, twice by the same way, and its book is that of the venues", async () => {
    const world = worldOf(of, "reach");
    const [first, again] = [new MemoryJournal(), new MemoryJournal()];
    const { engine, venue } = await world.run(first);
    await world.run(again);
    expect(spoken(again)).toEqual(spoken(first));
    expect([engine.mode, engine.reason]).toEqual(["running", ""]);
    expect(engine.account.lots[0]).toBe(12);
    const fills = first.entries.flatMap((entry) => (entry.kind === "event" && entry.event.kind === "fill" ? [entry.event] : []));
    expect(fills.length).toBeGreaterThan(8);
    const { open, positions, cash } = await venue.snapshot();
    expect(open).toEqual([]);
    expect(positions).toEqual([{ instrument: 0, lots: 12 }]);
    expect(cash).toEqual([{ currency: "USD", amountMicro: engine.account.holdings.ledger.balance(world.parts.instrument.currency) }]);
    expect((await venue.fillsSince(0 as Micros)).map(({ fillId }) => fillId).sort()).toEqual(fills.map(({ fillId }) => fillId).sort());
    if (of.style?.kind === "opportunistic") expect(first.decisions().join("")).toContain('"type":"limit"');
  });

  it("goes on from any mark as if it had never stopped", async () => {
    const world = worldOf(of, "resume");
    const whole = new MemoryJournal();
    const { saved } = await world.run(whole);
    expect(saved.length).toBe(3);
    for (const session of saved.slice(0, -1)) {
      const rest = new MemoryJournal();
      await world.run(rest, session);
      expect(spoken(rest)).toEqual(spoken(whole, session.entries));
    }
  });
});

/** A stop at a loss of three ticks, one that trails by as many, a limit at a gain of three; and an end after 25 steps. */
const guarded: ProtectionOptions = {
  stopLoss: 0.0025,
  takeProfit: 0.0025,
  trailing: 0.0025,
  stopLossAtr: null,
  takeProfitAtr: null,
  trailingAtr: null,
  atrBars: 10,
  time: 25,
};

describe.each([1, 2, 3])("positions that are protected by a router before %i places", (places) => {
  const twap: ExecutionStyle = { kind: "twap", bars: 5, ...free };
  const world = new BookWorld({ seed: "guarded", steps: 180, decisions, style: twap, places, protection: guarded });

  it("end by orders of several kinds, and the books agree", async () => {
    const journal = new MemoryJournal();
    const { engine, venue } = await world.run(journal);
    expect([engine.mode, engine.reason]).toEqual(["running", ""]);
    const filled = new Set(
      journal.entries.flatMap((entry) => (entry.kind === "event" && entry.event.kind === "fill" ? [entry.event.order] : [])),
    );
    const sent = journal.entries.flatMap((entry) => (entry.kind === "decision" ? entry.decisions.flatMap(({ order }) => [order]) : []));
    const exits = new Set(sent.flatMap(({ id, type, terms }) => (terms?.group !== undefined && filled.has(id) ? [type] : [])));
    expect(exits.size).toBeGreaterThan(1);
    const { open, positions } = await venue.snapshot();
    expect(sum(positions.map(({ lots }) => lots))).toBe(engine.account.lots[0]);
    expect(open.map(({ id, remaining }) => [id, remaining])).toEqual(
      engine.account.orders.list().map(({ order, remaining }) => [order.id, remaining]),
    );
  });

  it("goes on from any mark as if it had never stopped", async () => {
    const whole = new MemoryJournal();
    const { saved } = await world.run(whole);
    for (const session of saved.slice(0, -1)) {
      const rest = new MemoryJournal();
      await world.run(rest, session);
      expect(spoken(rest)).toEqual(spoken(whole, session.entries));
    }
  });
});

const patient: ExecutionStyle = { kind: "opportunistic", bars: 20, patience: 4, forecast: "last-return", ...free };

describe("a journal of an engine on recorded books", () => {
  it.each([
    ["plain", {}],
    ["protected", { protection: guarded }],
  ] as const)("gives the same orders when it is told again, and a killed session repeats it to the byte: %s", async (name, more) => {
    const world = new BookWorld({ seed: "journal", steps: 180, decisions, style: patient, places: 2, ...more });
    const path = join(folder, `journal ${name}`);
    const options = { referenceBefore: Number.POSITIVE_INFINITY, durable: false };
    const journal = FileJournal.create(path, {}, options);
    const { saved, venue, engine } = await world.run(journal);
    journal.close();
    const report = await replayJournal({ path, parts: world.engineParts(), source: world.source(), capabilities: venue.capabilities });
    expect(report.equity).toBe(engine.account.equity);
    expect(report.orders).toBeGreaterThan(20);
    for (const session of [undefined, ...saved.slice(0, -1)] satisfies (SavedSession | undefined)[]) {
      const { journal: resumed } = FileJournal.resume(path, options, session?.entries ?? 0);
      await world.run(resumed, session);
      expect(resumed.isRepeating).toBe(false);
      resumed.finish();
      resumed.close();
    }
  });
});
