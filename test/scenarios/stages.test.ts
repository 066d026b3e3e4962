// Stages of capital from outside: who steps them up, what is refused, and what a session's record says of them.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { FileJournal } from "#adapters/stores/journal/journal.js";
import { openWorkspace } from "#app/config/workspace.js";
import { performStage } from "#app/runs/emergency-stop.js";
import { JOURNAL_FILE, openRunFolder } from "#app/runs/run-folder.js";
import { readSession } from "#app/status/read-session.js";
import { commandsIn, INBOX_FILE } from "#app/stop/command-inbox.js";
import type { Command } from "#domain/event.js";
import type { Micros } from "#domain/time.js";

const root = mkdtempSync(join(tmpdir(), "stages-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const workspace = openWorkspace(root);
const stages = [
  { name: "test", amount: 1000 },
  { name: "scale", amount: 5000 },
  { name: "max", amount: null },
];

function session(id: string, risk: object, tell: (journal: FileJournal) => void = () => undefined) {
  const folder = openRunFolder(workspace, id);
  const experiment = { account: { currency: "USD", cash: 10_000 } };
  const header = { mode: "paper", run: id, experiment, session: { simulated: true }, risk };
  const journal = FileJournal.create(folder.file(JOURNAL_FILE), header, { referenceBefore: 0, durable: false });
  tell(journal);
  journal.close();
  return folder;
}

it("are stepped up by a name that the session knows, and by nothing else", () => {
  const folder = session("staged", { stages });
  session("plain", {});
  const asked = { workspace, by: "Ada", reason: "a month without a trip" };
  expect(() => performStage({ ...asked, reach: { run: "staged" }, stage: "huge" })).toThrow(/has the stages test, scale, max, and no huge/);
  expect(() => performStage({ ...asked, reach: { run: "plain" }, stage: "scale" })).toThrow(/has no stages/);
  expect(() => performStage({ ...asked, reach: { all: true }, stage: "scale" })).toThrow(/Nothing was changed/);
  expect(() => performStage({ ...asked, by: " ", reach: { run: "staged" }, stage: "scale" })).toThrow(/--by/);
  expect(performStage({ ...asked, reach: { run: "staged" }, stage: "scale" })).toEqual({ told: ["staged"] });
  expect(commandsIn(folder.file(INBOX_FILE))).toEqual([{ kind: "stage", by: "Ada", reason: asked.reason, stage: "scale" }]);
});

it("are read back from the record: up by commands, down by trips, and an approval is no halt", () => {
  const [by, reason] = ["Ada", "looked"];
  const trip = { breaker: "daily-loss", instrument: null, at: 1 as Micros, measured: 0.1, allowed: 0.05 } as const;
  let sessions = 0;
  const said = (...told: (Command | "trip")[]) => {
    const folder = session(`read-${sessions++}`, { stages }, (journal) => {
      for (const one of told) {
        if (one === "trip") journal.decision(1 as Micros, [], [], [trip]);
        else journal.event({ kind: "command", at: 1 as Micros, seenAt: 1 as Micros, command: one });
      }
    });
    const { stage, halted } = readSession(folder);
    return [stage?.name, halted];
  };
  const up = (stage: string): Command => ({ kind: "stage", by, reason, stage });
  expect(said()).toEqual(["test", null]);
  expect(said(up("max"))).toEqual(["max", null]);
  expect(said(up("max"), "trip", { kind: "approve", by, reason, breaker: "daily-loss" })).toEqual(["scale", null]);
  const kill: Command = { kind: "kill", reason: "odd", flatten: false };
  expect(said(up("scale"), kill, "trip", { kind: "approve", by, reason, breaker: "drawdown" })).toEqual(["test", "odd"]);
  expect(said(up("scale"), kill, "trip", "trip", { kind: "approve", by, reason, breaker: null })).toEqual(["test", null]);
});
