// What the venue does of its own, as an experiment's keys say it: halts, borrowing, funding. The same in backtest, paper, a session that was
// stopped and taken up, and replay; in the report by their own lines.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readJournal } from "#adapters/stores/journal/journal.js";
import { type Experiment, type ExperimentInput, parseExperiment, readExperiment } from "#app/config/experiment.js";
import { openWorkspace } from "#app/config/workspace.js";
import { renderReport } from "#app/report/report.js";
import { performBacktest } from "#app/runs/perform-backtest.js";
import { type PaperOptions, type PaperRun, performPaper } from "#app/runs/perform-paper.js";
import { performDifference, performReplay } from "#app/runs/perform-replay.js";
import { JOURNAL_FILE, type RunFolder } from "#app/runs/run-folder.js";
import { simulateDataset } from "#app/runs/simulated-dataset.js";
import { readSession } from "#app/status/read-session.js";
import { openDataset } from "#data/lake/open-dataset.js";

const root = mkdtempSync(join(tmpdir(), "truewind-venue-rules-"));
const workspace = openWorkspace(join(root, "ws"));
const quiet = (): void => undefined;
const SESSIONS = 60;
let ids: readonly string[] = [];

beforeAll(async () => {
  const market = { name: "market", seed: "rules", names: 12, sectors: 3, from: "2017-01-01", to: "2018-12-31", edge: 3 };
  await simulateDataset(workspace, market);
  ids = (await openDataset(workspace.lake, "market")).manifest.instruments.map(({ id }) => id).filter((id) => id !== "SIM_INDEX");
}, 60_000);
afterAll(() => rmSync(root, { recursive: true, force: true }));

const base = (venue?: ExperimentInput["venue"]): ExperimentInput => ({
  name: "rules",
  data: { dataset: "market" },
  universe: { minHistory: 60 },
  features: ["mom_5", "mom_20", "rsi_14"],
  model: { family: "ridge", alpha: 1000 },
  splits: { train: 252, test: 126 },
  portfolio: { kind: "long-short", k: 4, gross: 0.9 },
  risk: { profile: "research", maxWeight: 0.25 },
  ...(venue === undefined ? {} : { venue }),
});
const experiment = (venue?: ExperimentInput["venue"]): Experiment => parseExperiment(base(venue), "test");
const everywhere = (from: string, more: object) => ids.map((instrument) => ({ instrument, from, ...more }));

const backtest = (venue?: ExperimentInput["venue"]) =>
  performBacktest(experiment(venue), { workspace, onProgress: quiet, command: "test" });
const paper = (asked: Experiment, options: Partial<PaperOptions> = {}): Promise<PaperRun> =>
  performPaper(asked, { workspace, sessions: SESSIONS, pace: null, onProgress: quiet, ...options });

function fillsOf(folder: RunFolder) {
  return [...readJournal(folder.file(JOURNAL_FILE))].flatMap((entry) =>
    entry.kind === "event" && entry.event.kind === "fill" ? [entry.event] : [],
  );
}

describe("rules of the venue", () => {
  it("a name that nobody lends is never short, and the report counts what was not lent", async () => {
    const free = await backtest();
    expect(free.result.orders.unborrowed).toBeUndefined();
    const bound = await backtest({ borrow: everywhere("2017-01-01", { units: 0 }) });
    const held = new Map<number, number>();
    let least = 0;
    for (const { instrument, lots } of fillsOf(bound.folder)) {
      held.set(instrument, (held.get(instrument) ?? 0) + lots);
      least = Math.min(least, held.get(instrument) as number);
    }
    expect(least).toBe(0);
    expect(fillsOf(free.folder).length).toBeGreaterThan(bound.result.orders.filled);
    expect(bound.result.orders.unborrowed).toBeGreaterThan(100);
    expect(bound.result.costs.borrow).toBe(0);
    expect(free.result.costs.borrow).toBeGreaterThan(0);
    expect(bound.folder.id).not.toBe(free.folder.id);
    expect(renderReport(bound.result, bound.extras)).toContain("Shorts not lent");
    expect(bound.result.assumptions.join(" ")).toContain("be borrowed as venue.borrow says");
  });

  it("what is recalled is covered at the next decision", async () => {
    const recall = Date.parse("2018-09-03T00:00:00Z") * 1000;
    const gone = await backtest({ borrow: everywhere("2018-09-03", { units: 0 }) });
    const held = new Map<number, number>();
    let [shortThen, shortLater] = [0, 0];
    const shorts = (): number => [...held.values()].filter((lots) => lots < 0).length;
    for (const { instrument, lots, at } of fillsOf(gone.folder)) {
      if (at < recall) shortThen = shorts();
      held.set(instrument, (held.get(instrument) ?? 0) + lots);
      if (at > recall + 12 * 86_400e6) shortLater = Math.max(shortLater, shorts());
    }
    expect([shortThen, shortLater]).toEqual([4, 0]);
  });

  it("funding is a line of its own, and reverses with its sign", async () => {
    const [one, other] = [
      await backtest({ fundingRate: 0.0001, fundingHours: 8 }),
      await backtest({ fundingRate: -0.0001, fundingHours: 8 }),
    ];
    // A long-short book nets it nearly away; equal weight pays three times a day.
    const [paid, received] = [one.result.costs.funding ?? 0, other.result.costs.funding ?? 0];
    expect(paid).not.toBe(0);
    expect(Math.sign(paid)).toBe(-Math.sign(received));
    const drag = one.result.metrics.baseline.annualCost - other.result.metrics.baseline.annualCost;
    expect(drag / (2 * 3 * 365 * 0.0001 * 0.98)).toBeGreaterThan(0.9);
    expect(drag / (2 * 3 * 365 * 0.0001 * 0.98)).toBeLessThan(1.1);
  });

  it("act the same in backtest, paper, a session taken up again, and replay, from files named by the experiment", async () => {
    const table = (columns: string, rows: readonly string[]): string => `${columns}\n${rows.join("\n")}\n`;
    const halted = ids.slice(0, 6).map((id) => `${id},2018-10-08T00:00:00Z,2018-11-02T12:00:00Z`);
    const lent = [...ids.map((id) => `${id},2017-01-01,300,`), ...ids.slice(3).map((id) => `${id},2018-11-07,,420`)];
    const funded = ids.flatMap((id) => ["2018-10-10T16:00:00Z", "2018-11-15T16:00:00Z"].map((at) => `${id},${at},0.002`));
    writeFileSync(join(root, "halts.csv"), table("instrument,from,to", halted));
    writeFileSync(join(root, "borrow.csv"), table("instrument,from,units,bps", lent));
    writeFileSync(join(root, "funding.csv"), table("instrument,at,rate", funded));
    const file = join(root, "rules.yaml");
    writeFileSync(file, JSON.stringify({ ...base(), venue: { halts: "halts.csv", borrow: "borrow.csv", funding: "funding.csv" } }));
    const asked = readExperiment(file);

    const stop = new AbortController();
    const onProgress = (step: string, done: number): void => {
      if (step === "paper session" && done > 0.6) stop.abort();
    };
    await expect(paper(asked, { signal: stop.signal, onProgress })).rejects.toMatchObject({ code: "interrupted" });
    const resumed = await paper(asked);
    expect(resumed.resumed).toBe(true);
    const whole = await paper(asked);
    expect(whole.resumed).toBe(false);
    expect(whole.outcome).toEqual(resumed.outcome);
    expect(whole.outcome.metHalt).toBeGreaterThan(0);
    expect(whole.outcome.unborrowed).toBeGreaterThan(0);

    // What is in the files is in the run: it is repeated without them.
    for (const name of ["halts.csv", "borrow.csv", "funding.csv"]) rmSync(join(root, name));
    expect(await performReplay(whole.folder.path, workspace, quiet)).toMatchObject({ cutOff: false });
    const difference = await performDifference(whole.folder.path, workspace, quiet);
    expect(difference).toMatchObject({ total: 0, limits: 0, data: 0, latency: 0, fills: 0, costs: 0, sameOrders: true });

    const { days } = readSession(whole.folder);
    const sum = (of: (day: (typeof days)[number]) => number): number => days.reduce((total, day) => total + of(day), 0);
    expect(days.filter((day) => (day.funding ?? 0) !== 0)).toHaveLength(2);
    expect(sum((day) => day.borrow)).toBeLessThan(0);
    for (const day of days)
      expect(day.market + day.selection + day.fees + day.slippage + day.borrow + (day.funding ?? 0) + day.interest).toBe(day.change);
    const during = fillsOf(whole.folder).filter(
      ({ at, instrument }) =>
        instrument < 6 && at >= Date.parse("2018-10-08T00:00:00Z") * 1000 && at < Date.parse("2018-11-02T12:00:00Z") * 1000,
    );
    expect(during).toEqual([]);
  });

  it("are refused for what the market does not have", async () => {
    const strange = { halts: [{ instrument: "NOBODY", from: "2018-01-01", to: "2018-01-02" }] };
    await expect(backtest(strange)).rejects.toThrow(/venue\.halts: there is no NOBODY/);
  });
});
