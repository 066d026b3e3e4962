// The verbs behind `truewind kill` and `truewind approve`: what one process does to sessions of others. Neither waits for the session: a kill
// stands in a latch before anything else is tried, and both are told through the inbox when the session next takes a step.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "#adapters/clock/system-clock.js";
import { readJournalHeader } from "#adapters/stores/journal/file.js";
import { TruewindError } from "#base/errors.js";
import type { BreakerName } from "#domain/breaker.js";
import { formatMicros } from "#domain/time.js";
import type { EmergencyConnection } from "#ports/venue.js";
import type { Workspace } from "../config/workspace.js";
import { INBOX_FILE, type InboxCommand, sendCommand } from "../stop/command-inbox.js";
import { KILL_FILE, latchAt, liftLatch, seenLatch, setLatch } from "../stop/kill-latch.js";
import type { JournalHeader } from "./journal-header.js";
import { isWorkedOn } from "./lock.js";
import { JOURNAL_FILE, PAPER_FILE, type RunFolder, findRunFolder, runFolderAt } from "./run-folder.js";

/** One run by its id, or every run of the workspace, also those that have not begun. */
export type Reach = { readonly run: string } | { readonly all: true };

export interface KillOptions {
  readonly workspace: Workspace;
  readonly reach: Reach;
  /** Whether everything held is to be sold (and what was borrowed bought back), once the session lives. */
  readonly flatten: boolean;
  readonly reason: string;
  /** Ways to venues that hold orders by themselves. A simulated venue lives and stands still with its session. */
  readonly connections?: readonly EmergencyConnection[];
}

export interface KillReport {
  readonly latch: string;
  /** Sessions that will journal it when they next take a step. */
  readonly told: readonly string[];
  /** What could not be cancelled at once, and why; empty is well. The latch holds all the same. */
  readonly failed: readonly string[];
}

/**
 * Throws `bad-usage` without a reason, `no-such-run`, and `bad-file` where the latch cannot be written: what else could be done was done then. Nothing
 * that stands in a journal is asked before the latch is set.
 */
export async function performKill({ workspace, reach, flatten, reason, connections = [] }: KillOptions): Promise<KillReport> {
  said(reason, "--reason");
  const one = "run" in reach ? stoppable(findRunFolder(workspace, reach.run)) : null;
  const latch = one === null ? join(workspace.root, KILL_FILE) : one.file(KILL_FILE);
  const failed: string[] = [];
  let unset: string | null = null;
  try {
    setLatch(latch, { reason, flatten, at: formatMicros(systemClock.now()) });
  } catch (error) {
    unset = (error as Error).message;
  }
  await Promise.all(
    connections.map(async (connection) => {
      try {
        await connection.cancelAll();
      } catch (error) {
        failed.push(`${connection.name}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }),
  );
  // One that has not begun is told nothing: the latch keeps it from beginning, and what lifts that leaves nothing behind.
  const sessions = one === null ? openSessions(workspace) : [one].filter(isOpenSession);
  const told = tell(sessions, { kind: "kill", reason, flatten }, failed);
  if (unset === null) return { latch, told, failed };
  throw new TruewindError(
    "bad-file",
    `The emergency stop could not be written to ${latch} (${unset}), so that a session which is stuck can still send: end its process, make room, and give the ` +
      `command again. ${told.length === 0 ? "No session was told" : `Told by its inbox: ${told.join(", ")}`}${failed.length === 0 ? "" : `; failed: ${failed.join("; ")}`}.`,
  );
}

export interface ApproveOptions {
  readonly workspace: Workspace;
  readonly reach: Reach;
  /** Who has looked, and what was found: it is journaled. */
  readonly by: string;
  readonly reason: string;
  /** Null: whatever is open, the emergency stop included. */
  readonly breaker: BreakerName | null;
}

export interface ApproveReport {
  readonly told: readonly string[];
  readonly lifted: boolean;
}

/**
 * Throws `bad-usage` without a name or a reason, `no-such-run`, and `killed` where the stop of the whole workspace holds a run. A session that has ended
 * is told nothing; its stop is lifted all the same, so that it can begin anew.
 */
export function performApprove({ workspace, reach, by, reason, breaker }: ApproveOptions): ApproveReport {
  said(by, "--by");
  said(reason, "--reason");
  const whole = join(workspace.root, KILL_FILE);
  const lifts = breaker === null || breaker === "kill";
  const within = "run" in reach ? [findRunFolder(workspace, reach.run)] : runFolders(workspace);
  const latches = (lifts ? [whole, ...within.map((folder) => folder.file(KILL_FILE))] : []).flatMap((path) => {
    const seen = seenLatch(path);
    return seen === null ? [] : [{ path, seen }];
  });
  const stop = latchAt([whole]);
  if (lifts && "run" in reach && stop !== null)
    throw new TruewindError(
      "killed",
      `Every run of this workspace is stopped (${stop.reason}): open all of them with \`truewind approve --all\`.`,
    );
  const folders = "run" in reach && latches.length === 0 ? within.map(openSession) : within.filter(isOpenSession);
  const failed: string[] = [];
  const told = tell(folders, { kind: "approve", by, reason, breaker }, failed);
  if (failed.length > 0) throw new TruewindError("bad-file", `The approval could not be written: ${failed.join("; ")}.`);
  // The command first: a session that lives in between is told of the kill and of its end, in this order.
  const lifted = latches.filter(({ path, seen }) => liftLatch(path, seen));
  return { told, lifted: lifted.length > 0 };
}

export interface StageOptions {
  readonly workspace: Workspace;
  readonly reach: Reach;
  readonly by: string;
  readonly reason: string;
  readonly stage: string;
}

/**
 * Lets so much of the account be at work. Throws `bad-usage` without a name or a reason, and where a session knows no such stage: nothing is changed
 * then. Throws `no-such-run`.
 */
export function performStage({ workspace, reach, by, reason, stage }: StageOptions): { readonly told: readonly string[] } {
  said(by, "--by");
  said(reason, "--reason");
  const folders = "run" in reach ? [openSession(findRunFolder(workspace, reach.run))] : openSessions(workspace);
  for (const folder of folders) {
    const stages = (readJournalHeader(folder.file(JOURNAL_FILE)) as JournalHeader).risk?.stages ?? [];
    if (stages.some(({ name }) => name === stage)) continue;
    const has = stages.length === 0 ? "no stages" : `the stages ${stages.map(({ name }) => name).join(", ")}`;
    throw new TruewindError("bad-usage", `Run ${folder.id} has ${has}, and no ${stage}. Nothing was changed.`);
  }
  const failed: string[] = [];
  const told = tell(folders, { kind: "stage", by, reason, stage }, failed);
  if (failed.length > 0) throw new TruewindError("bad-file", `The approval could not be written: ${failed.join("; ")}.`);
  return { told };
}

/** What stops the submissions of a run. */
export const latchesOf = (workspace: Workspace, folder: RunFolder): readonly [whole: string, own: string] => [
  join(workspace.root, KILL_FILE),
  folder.file(KILL_FILE),
];

/** Throws `killed`: nothing begins under a latch. */
export function refuseKilled(workspace: Workspace, folder: RunFolder): void {
  const [whole] = latchesOf(workspace, folder);
  const stop = latchAt(latchesOf(workspace, folder));
  if (stop === null) return;
  const which = latchAt([whole]) === null ? folder.id : "--all";
  throw new TruewindError(
    "killed",
    `Run ${folder.id} cannot begin: the emergency stop is set (${stop.reason}). Open it with \`truewind approve ${which}\`, which takes a name and a reason.`,
  );
}

const runFolders = (workspace: Workspace): readonly RunFolder[] => readdirSync(workspace.runs).map((id) => runFolderAt(workspace, id));

/** Paper sessions that have begun and not ended. */
const openSessions = (workspace: Workspace): readonly RunFolder[] => runFolders(workspace).filter(isOpenSession);

/** Throws `bad-usage` for a run that is none. */
function openSession(folder: RunFolder): RunFolder {
  if (isOpenSession(folder)) return folder;
  throw new TruewindError(
    "bad-usage",
    `Run ${folder.id} is no session that goes on: it has ended, or it was a backtest. Nothing was changed.`,
  );
}

/** Also one that is about to begin, and still fits its models: a process works on it. Throws `bad-usage` for a run that is none. */
const stoppable = (folder: RunFolder): RunFolder => (!isOpenSession(folder) && isWorkedOn(folder) ? folder : openSession(folder));

/** A journal that cannot be read, as one that is just being created, may be that of a session: what it is told then does no harm. */
function isOpenSession(folder: RunFolder): boolean {
  const journal = folder.file(JOURNAL_FILE);
  if (!existsSync(journal) || existsSync(folder.file(PAPER_FILE))) return false;
  try {
    return (readJournalHeader(journal) as JournalHeader).mode !== "backtest";
  } catch {
    return true;
  }
}

function tell(folders: readonly RunFolder[], command: InboxCommand, failed: string[]): readonly string[] {
  return folders.flatMap((folder) => {
    try {
      sendCommand(folder.file(INBOX_FILE), command);
      return [folder.id];
    } catch (error) {
      failed.push(`${folder.id}: ${(error as Error).message}`);
      return [];
    }
  });
}

function said(text: string, option: string): void {
  if (text.trim() === "") throw new TruewindError("bad-usage", `${option} must say something: it is journaled for whoever looks later.`);
}
