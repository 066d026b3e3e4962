// What one process does to the sessions of others, whatever state their folders are in.
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FileJournal } from "#adapters/stores/journal/journal.js";
import { openWorkspace, type Workspace } from "../config/workspace.js";
import { commandsIn, INBOX_FILE } from "../stop/command-inbox.js";
import { KILL_FILE, latchAt, liftLatch, seenLatch, setLatch } from "../stop/kill-latch.js";
import { latchesOf, performApprove, performKill, refuseKilled } from "./emergency-stop.js";
import { acquireRun } from "./lock.js";
import { JOURNAL_FILE, openRunFolder, PAPER_FILE, type RunFolder } from "./run-folder.js";

let root = "";
let workspace: Workspace;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "stop-"));
  workspace = openWorkspace(root);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function session(id: string): RunFolder {
  const folder = openRunFolder(workspace, id);
  FileJournal.create(folder.file(JOURNAL_FILE), { mode: "paper", run: id }, { referenceBefore: 0, durable: false }).close();
  return folder;
}

/** Of another version, or one that is just being created. */
function unreadable(id: string, journal: string): RunFolder {
  const folder = openRunFolder(workspace, id);
  writeFileSync(folder.file(JOURNAL_FILE), journal);
  return folder;
}

const all = { all: true } as const;
const ada = { by: "Ada", reason: "looked", breaker: null } as const;
const kill = (reach: { run: string } | { all: true }, flatten = false) => performKill({ workspace, reach, flatten, reason: "smoke" });
const latch = () => join(workspace.root, KILL_FILE);

describe("kill", () => {
  it.each(["", "not a journal", "\u0000".repeat(64)])("stops everything beside a journal that cannot be read: %j", async (journal) => {
    const [old, own] = [unreadable("old", journal), session("own")];
    const { told } = await kill(all);
    expect([...told].sort()).toEqual(["old", "own"]);
    expect(latchAt([latch()])).toMatchObject({ reason: "smoke" });
    for (const folder of [old, own])
      expect(commandsIn(folder.file(INBOX_FILE))).toEqual([{ kind: "kill", reason: "smoke", flatten: false }]);
    performApprove({ workspace, reach: all, ...ada });
    await kill({ run: "old" });
    expect(latchAt([old.file(KILL_FILE)])).toMatchObject({ reason: "smoke" });
  });

  it("says that it could not stop a session, and does all else", async () => {
    const folder = session("own");
    mkdirSync(`${latch()}.part`); // no file can be written there
    let cancelled = 0;
    const connections = [{ name: "broker", cancelAll: () => void cancelled++ }] as never;
    await expect(performKill({ workspace, reach: all, flatten: false, reason: "smoke", connections })).rejects.toThrow(
      /could not be written .* end its process.* Told by its inbox: own/,
    );
    expect([cancelled, commandsIn(folder.file(INBOX_FILE)).length]).toEqual([1, 1]);
  });

  it("of a run with --flatten opens the way to zero that a kill of all has not asked for, and the other way round", async () => {
    const folder = session("own");
    for (const [first, then] of [[all, { run: "own" }] as const, [{ run: "own" }, all] as const]) {
      await kill(first);
      expect(latchAt(latchesOf(workspace, folder))?.flatten).toBe(false);
      await kill(then, true);
      expect(latchAt(latchesOf(workspace, folder))?.flatten).toBe(true);
      writeFileSync(folder.file(KILL_FILE), "{");
      expect(latchAt(latchesOf(workspace, folder))?.flatten).toBe(false);
      performApprove({ workspace, reach: all, ...ada });
    }
  });
});

describe("kill of a run without a journal", () => {
  it("keeps a session that still fits its models from beginning, and leaves nothing behind that would stop it after the approval", async () => {
    for (const finished of [false, true]) {
      const folder = openRunFolder(workspace, "own");
      if (finished) session("own");
      if (finished) writeFileSync(folder.file(PAPER_FILE), "{}"); // it begins anew
      const release = acquireRun(folder);
      try {
        expect(await kill({ run: "own" })).toMatchObject({ told: [], failed: [] });
      } finally {
        release();
      }
      expect(() => refuseKilled(workspace, folder)).toThrow(/truewind approve own`/);
      expect(performApprove({ workspace, reach: { run: "own" }, ...ada })).toEqual({ told: [], lifted: true });
      expect(() => refuseKilled(workspace, folder)).not.toThrow();
      expect(existsSync(folder.file(INBOX_FILE))).toBe(false);
    }
  });

  it("is refused where no process works on it", async () => {
    const folder = openRunFolder(workspace, "own");
    await expect(kill({ run: "own" })).rejects.toThrow(/no session that goes on/);
    acquireRun(folder)();
    await expect(kill({ run: "own" })).rejects.toThrow(/no session that goes on/);
    expect(latchAt([folder.file(KILL_FILE)])).toBe(null);
  });
});

describe("approve", () => {
  it("opens a session that has ended under its stop, which could not begin anew else", async () => {
    for (const reach of [{ run: "own" }, all] as const) {
      const folder = session("own");
      await kill({ run: "own" });
      writeFileSync(folder.file(PAPER_FILE), "{}");
      expect(() => refuseKilled(workspace, folder)).toThrow(/truewind approve own`/);
      expect(performApprove({ workspace, reach, ...ada })).toEqual({ told: [], lifted: true });
      expect(() => refuseKilled(workspace, folder)).not.toThrow();
      expect(() => performApprove({ workspace, reach: { run: "own" }, ...ada })).toThrow(/has ended/);
      rmSync(folder.path, { recursive: true });
    }
  });

  it("is asked of all where all are stopped", async () => {
    const folder = session("own");
    await kill(all);
    expect(() => refuseKilled(workspace, folder)).toThrow(/truewind approve --all`/);
    expect(() => performApprove({ workspace, reach: { run: "own" }, ...ada })).toThrow(/approve --all/);
  });

  it("lifts the stop that was looked at, and none that was set since", () => {
    setLatch(latch(), { reason: "smoke", flatten: false, at: "1" });
    const seen = seenLatch(latch()) as string;
    setLatch(latch(), { reason: "fire", flatten: false, at: "2" });
    expect(liftLatch(latch(), seen)).toBe(false);
    expect(existsSync(latch())).toBe(true);
    expect(liftLatch(latch(), seenLatch(latch()) as string)).toBe(true);
    expect(seenLatch(latch())).toBe(null);
  });
});
