// The steps that need processes of their own: a paper session that is killed by the system and taken up again, and one that is stopped in the middle
// while another process pulls the emergency stop.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { readJournal } from "#adapters/stores/journal/journal.js";
import type { Workspace } from "../config/workspace.js";
import { performKill } from "../runs/emergency-stop.js";
import { performReplay } from "../runs/perform-replay.js";
import { JOURNAL_FILE, PAPER_FILE } from "../runs/run-folder.js";
import { simulateDataset } from "../runs/simulated-dataset.js";
import { type DrillStep, drillStep, expectThat } from "./drill-step.js";

export interface ProcessDrill {
  /** Empty, and the drill's own. */
  readonly workspace: Workspace;
  /** How `truewind` is started: the program and its first arguments. */
  readonly program: readonly string[];
  readonly onProgress: (step: string, done: number) => void;
}

const SESSIONS = "12";
/** Sessions per second of those that are ended from outside. */
const PACE = "6";
const PATIENCE_MS = 120_000;

export async function processSteps(drill: ProcessDrill): Promise<readonly DrillStep[]> {
  const { workspace, onProgress } = drill;
  onProgress("market", 0);
  await simulateDataset(workspace, { name: "drill", seed: "drill", names: 8, sectors: 2, from: "2019-01-01", to: "2019-12-31", edge: 1 });
  const journalOf = (name: string) => (): string | null => {
    const folder = folderOf(workspace, name);
    return folder === null ? null : join(folder, JOURNAL_FILE);
  };
  onProgress("crash", 0);
  const crash = await drillStep("crash", journalOf("crash"), () => crashed(drill));
  onProgress("emergency stop", 0);
  const kill = await drillStep("emergency-stop", journalOf("kill"), () => killed(drill));
  return [crash, kill];
}

async function crashed(drill: ProcessDrill): Promise<string> {
  expectThat((await ended(start(drill, "crash", false))) === 0, "a paper session that nobody disturbs comes to its end");
  const folder = folderOf(drill.workspace, "crash") as string;
  const end = join(folder, PAPER_FILE);
  const expected = readFileSync(end, "utf8");
  const rough = start(drill, "crash", true);
  await appears(rough, () => existsSync(join(folder, "snapshot.bin")) && !existsSync(end));
  rough.kill("SIGKILL");
  await ended(rough);
  expectThat(!existsSync(end), "the session is killed before it comes to its end");
  expectThat((await ended(start(drill, "crash", false))) === 0, "the same command goes on");
  expectThat(readFileSync(end, "utf8") === expected, "it ends as the session that was not killed");
  const { orders } = await performReplay(folder, drill.workspace, () => undefined);
  return `killed with SIGKILL and taken up again: the same ${orders} orders, positions and cash; replay identical`;
}

async function killed(drill: ProcessDrill): Promise<string> {
  const { workspace } = drill;
  const session = start(drill, "kill", true);
  await appears(session, () => existsSync(join(folderOf(workspace, "kill") ?? "none", "snapshot.bin")));
  const folder = folderOf(workspace, "kill") as string;
  const stops = process.platform !== "win32";
  if (stops) session.kill("SIGSTOP");
  try {
    await performKill({ workspace, reach: { run: basename(folder) }, flatten: true, reason: "drill" });
  } finally {
    if (stops) session.kill("SIGCONT");
  }
  expectThat((await ended(session)) === 0, "the session comes to its end");
  const outcome = JSON.parse(readFileSync(join(folder, PAPER_FILE), "utf8")) as { open: string[]; positions: object };
  expectThat(outcome.open.includes("kill"), "the stop is still set at the end");
  expectThat(Object.keys(outcome.positions).length === 0, "everything was sold");
  let stopped = false;
  let [sales, others] = [0, 0];
  for (const entry of readJournal(join(folder, JOURNAL_FILE))) {
    if (entry.kind === "event" && entry.event.kind === "command") stopped = true;
    if (entry.kind !== "decision" || !stopped) continue;
    for (const { order } of entry.decisions) {
      if (order.lots < 0) sales++;
      else others++;
    }
  }
  expectThat(sales > 0 && others === 0, "after the stop nothing but sales of what was held");
  await performReplay(folder, workspace, () => undefined);
  return `pulled while the session ${stops ? "was stopped" : "ran"}: ${sales} sales to zero and no other order; replay identical`;
}

function start({ workspace, program }: ProcessDrill, name: string, slowly: boolean): ChildProcess {
  const experiment = {
    name,
    data: { dataset: "drill" },
    universe: { minHistory: 30 },
    features: ["rank_mom_20", "rank_reversal_5"],
    splits: { train: 100, test: 60 },
    model: { family: "ridge", alpha: 1000 },
    portfolio: { kind: "top-k", k: 4 },
    rebalance: { every: 1 },
    risk: { profile: "research", maxWeight: 0.3 },
  };
  const file = join(workspace.root, `${name}.yaml`);
  writeFileSync(file, `${JSON.stringify(experiment)}\n`);
  const [command, ...first] = program as [string, ...string[]];
  const words = ["paper", file, "--sessions", SESSIONS, "--workspace", workspace.root, "--json", ...(slowly ? ["--pace", PACE] : [])];
  return spawn(command, [...first, ...words], { stdio: "ignore" });
}

function folderOf({ runs }: Workspace, name: string): string | null {
  const id = readdirSync(runs).find((one) => one.startsWith(`${name}-paper-`));
  return id === undefined ? null : join(runs, id);
}

/** Exit code; null when a signal ended it. */
const ended = async (child: ChildProcess): Promise<number | null> =>
  (child.exitCode ?? child.signalCode) ? child.exitCode : ((await once(child, "exit")) as [number | null])[0];

/** Waits for what the process is to do; throws when it ends before, or takes too long. */
async function appears(child: ChildProcess, seen: () => boolean): Promise<void> {
  const last = Date.now() + PATIENCE_MS;
  while (!seen()) {
    const over = child.exitCode !== null || child.signalCode !== null || Date.now() > last;
    if (over) child.kill("SIGKILL");
    expectThat(!over, "a session that runs long enough to be ended from outside");
    await wait(20);
  }
}
