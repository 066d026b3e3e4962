// The emergency stop against a session that decides while it is pulled: nothing is submitted once the latch is set but the way to zero, and a
// session that dies anywhere in it ends as one that did not.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FileJournal, readJournal } from "#adapters/stores/journal/journal.js";
import { sendCommand } from "#app/stop/command-inbox.js";
import { liftLatch, seenLatch, setLatch } from "#app/stop/kill-latch.js";
import { LATCHED, SessionControl } from "#app/stop/session-control.js";
import type { Command } from "#domain/event.js";
import type { Journal } from "#ports/journal.js";
import { toyMarket } from "#test/fixtures/toy-market.js";
import { type ToyRunOptions, toyRun } from "#test/fixtures/toy-run.js";

const DURABLE = { referenceBefore: 0, durable: true };
const BREAKERS = { dailyLoss: 0.02, weeklyLoss: null, drawdown: 0.06, positionLoss: 0.05, portfolioFloor: null };
const market = toyMarket({ seed: "stop", days: 40, names: 6 });

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "stop-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const files = () => ({
  journal: join(folder, "journal"),
  inbox: join(folder, "inbox"),
  latches: [join(folder, "all"), join(folder, "kill")],
});

/** `at`: what another process does right after the n-th decision is journaled and before its orders are sent; `life`: entries until it dies. */
async function session(at: Readonly<Record<number, () => void>>, life = Number.POSITIVE_INFINITY, more: ToyRunOptions = {}) {
  const { journal: path } = files();
  let resumed = true;
  let journal: FileJournal;
  try {
    journal = FileJournal.resume(path, DURABLE, 0).journal;
  } catch {
    resumed = false;
    journal = FileJournal.create(path, {}, DURABLE);
  }
  const control = new SessionControl(files(), journal, resumed);
  let [decisions, left] = [0, life];
  const live = (): void => {
    if (left-- <= 0) throw new Error("died");
  };
  const watched: Journal = {
    event: (event) => (live(), journal.event(event)),
    decision: (asOf, orders, cancels, trips) => {
      live();
      journal.decision(asOf, orders, cancels, trips);
      const now = ++decisions;
      if (!journal.isRepeating) at[now]?.();
    },
    attribution: (why) => (live(), journal.attribution(why)),
    note: (note) => (live(), journal.note(note)),
    barrier: () => journal.barrier(),
  };
  try {
    const run = await toyRun(market, { ...more, journal: watched, control, breakers: BREAKERS });
    journal.finish();
    const { engine, venue } = run;
    return {
      engine,
      end: { ours: engine.account.holdings.save(), theirs: venue.save(), open: engine.breakers.open, mode: engine.mode },
      entries: journal.entries,
    };
  } finally {
    journal.close();
  }
}

const tell = (command: Extract<Command, { kind: "kill" | "approve" }>) => (): void => sendCommand(files().inbox, command);
const latch = (flatten: boolean) => (): void => setLatch(join(folder, "kill"), { reason: "smoke", flatten, at: "now" });
const kill = (flatten: boolean): (() => void) => {
  const [first, then] = [latch(flatten), tell({ kind: "kill", reason: "smoke", flatten })];
  return () => (first(), then());
};

/** What the record says from the given decision on. */
function record() {
  const entries = [...readJournal(files().journal)];
  return {
    entries,
    /** Orders that were sent: approved, and not turned away by the latch. */
    sent: entries.flatMap((entry) => {
      if (entry.kind !== "decision") return [];
      const turnedAway = new Set(
        entries.flatMap((e) =>
          e.kind === "event" && e.event.kind === "order-rejected" && e.event.reason === LATCHED ? [e.event.order] : [],
        ),
      );
      return entry.decisions.flatMap(({ verdict, order }) =>
        verdict === "refuse" || turnedAway.has(order.id) ? [] : [{ at: entry.asOf, order }],
      );
    }),
  };
}

describe("the emergency stop", () => {
  it("stops a session between its decision and the submission: the orders of that decision do not leave", async () => {
    const { engine } = await session({ 5: kill(false) });
    const { entries, sent } = record();
    const killedAt = entries.findIndex((entry) => entry.kind === "event" && entry.event.kind === "command");
    const decisions = entries.filter((entry) => entry.kind === "decision");
    const fifth = decisions[4];
    expect(fifth?.kind === "decision" && fifth.decisions.some(({ verdict }) => verdict !== "refuse")).toBe(true);
    expect(sent.filter(({ at }) => at >= (fifth?.kind === "decision" ? fifth.asOf : 0))).toEqual([]);
    // Nothing but those rejections comes between the decision and the command, and no order after it.
    expect(entries.slice(entries.indexOf(fifth as never) + 1, killedAt)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ event: expect.objectContaining({ kind: "order-rejected", reason: LATCHED }) as unknown }),
      ]),
    );
    expect([engine.mode, engine.reason, engine.account.working]).toEqual(["halted", "killed: smoke", []]);
  });

  it("holds while nobody has told the engine: what it decides is turned away", async () => {
    const { engine } = await session({ 5: latch(false) });
    const { entries, sent } = record();
    const fifth = entries.filter((entry) => entry.kind === "decision")[4];
    expect(sent.filter(({ at }) => at >= (fifth?.kind === "decision" ? fifth.asOf : 0))).toEqual([]);
    expect(engine.mode).toBe("running");
    expect(engine.account.working).toEqual([]);
  });

  it("holds when its file cannot be read", async () => {
    await session({ 5: () => writeFileSync(join(folder, "all"), "{") });
    const { entries, sent } = record();
    const fifth = entries.filter((entry) => entry.kind === "decision")[4];
    expect(sent.filter(({ at }) => at >= (fifth?.kind === "decision" ? fifth.asOf : 0))).toEqual([]);
  });

  it("lets its own way to zero pass, and nothing else", async () => {
    const { engine } = await session({ 5: kill(true) });
    const { entries, sent } = record();
    const told = entries.find((entry) => entry.kind === "event" && entry.event.kind === "command");
    const at = told?.kind === "event" ? told.event.seenAt : 0;
    const after = sent.filter((one) => one.at >= at);
    expect(after.length).toBeGreaterThan(0);
    expect(Array.from(engine.account.lots).every((lots) => lots === 0)).toBe(true);
    const held = new Map<number, number>();
    for (const entry of entries) {
      if (entry.kind === "event" && entry.event.kind === "fill")
        held.set(entry.event.instrument, (held.get(entry.event.instrument) ?? 0) + entry.event.lots);
      if (entry.kind === "decision" && entry.asOf >= at)
        for (const { order } of entry.decisions) expect(order.lots * (held.get(order.instrument) ?? 0)).toBeLessThan(0);
    }
  });

  it("goes to zero when a kill with --flatten follows one of all sessions without", async () => {
    const all = (): void => setLatch(join(folder, "all"), { reason: "smoke", flatten: false, at: "before" });
    const { engine } = await session({
      5: () => [all, tell({ kind: "kill", reason: "smoke", flatten: false }), kill(true)].forEach((step) => step()),
    });
    expect(Array.from(engine.account.lots).every((lots) => lots === 0)).toBe(true);
  });

  const story = {
    4: kill(false),
    7: () => {
      tell({ kind: "approve", by: "Ada", reason: "looked", breaker: null })();
      liftLatch(join(folder, "kill"), seenLatch(join(folder, "kill")) as string);
    },
    12: tell({ kind: "approve", by: "Ada", reason: "looked", breaker: null }),
    20: kill(true),
  };
  // While it is halted nothing is decided: what happens then is told at its own moment, by mark timers.
  const threeMarksLater = (): Pick<ToyRunOptions, "onMark"> => {
    let stopped = 0;
    return { onMark: (engine) => void (engine.breakers.isKilled && ++stopped === 3 && story[7]()) };
  };

  it("may be opened and set again; killed anywhere in that story a session repeats its record, and sends nothing while it is stopped", {
    timeout: 120_000,
  }, async () => {
    const hooks = { 4: story[4], 12: story[12], 20: story[20] };
    const whole = await session(hooks, Number.POSITIVE_INFINITY, threeMarksLater());
    const { entries } = record();
    const commands = entries.flatMap((entry) =>
      entry.kind === "event" && entry.event.kind === "command" ? [entry.event.command.kind] : [],
    );
    expect(commands).toEqual(["kill", "approve", "approve", "kill"]);
    expect((await session({})).end).toEqual(whole.end); // from the record alone: the files may say anything by now
    const around = entries.flatMap((entry, i) => (entry.kind !== "event" || entry.event.kind === "order-rejected" ? [i, i + 1] : []));
    const lives = around.filter((_, k) => k % 4 === 0);
    expect(lives.length).toBeGreaterThan(10);
    for (const life of lives) {
      for (const file of [files().journal, files().inbox, ...files().latches]) rmSync(file, { force: true });
      await expect(session(hooks, life, threeMarksLater())).rejects.toThrow("died");
      const { end } = await session({});
      expect(nothingSentWhileStopped()).toBe(true);
      expect((await session({})).end).toEqual(end);
    }
  });
});

/** The latch turned away what was decided under it, and the engine decided nothing more once it was told. */
function nothingSentWhileStopped(): boolean {
  let stopped = false;
  let flattening = false;
  for (const entry of record().entries) {
    if (entry.kind === "event" && entry.event.kind === "command") {
      stopped = entry.event.command.kind === "kill";
      flattening = entry.event.command.kind === "kill" && entry.event.command.flatten;
    }
    if (entry.kind === "decision" && stopped && !flattening && entry.decisions.length > 0) return false;
  }
  return true;
}
