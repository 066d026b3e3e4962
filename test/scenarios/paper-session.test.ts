// A paper session from beginning to certificate: accounts to the cent, the same on a polled feed as on the record, and a seal that breaks.
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readJournal } from "#adapters/stores/journal/journal.js";
import { type Certificate, sealed } from "#app/certificate/certificate.js";
import { renderCertificate } from "#app/certificate/certificate-page.js";
import { performCertify, performVerify } from "#app/certificate/perform-certify.js";
import { type ExperimentInput, parseExperiment } from "#app/config/experiment.js";
import { researchRisk } from "#app/config/risk-limits.js";
import { openWorkspace } from "#app/config/workspace.js";
import { readSession } from "#app/status/read-session.js";
import { performStatus } from "#app/status/perform-status.js";
import { performBacktest } from "#app/runs/perform-backtest.js";
import { type PaperOptions, type PaperRun, performPaper } from "#app/runs/perform-paper.js";
import { drawnDataset } from "#app/control/drawn-dataset.js";
import { type Difference, attributeDifference } from "#app/modes/attribute-difference.js";
import { openUniverse } from "#app/modes/universe.js";
import { openExperiment } from "#app/names/open-experiment.js";
import { performDifference } from "#app/runs/perform-replay.js";
import { INBOX_FILE, sendCommand } from "#app/stop/command-inbox.js";
import { JOURNAL_FILE, readModels } from "#app/runs/run-folder.js";
import { type BarRow, barRow, toBarBatch } from "#domain/market.js";
import { toSchedule } from "#research/walk-forward.js";
import { sampleValidation } from "#test/fixtures/validation.js";
import { simulateDataset } from "#app/runs/simulated-dataset.js";

const root = mkdtempSync(join(tmpdir(), "truewind-paper-"));
const workspace = openWorkspace(join(root, "ws"));
const SPAN = { from: "2017-01-01", to: "2019-12-31" };
const quiet = (): void => undefined;

const experimentOf = (name: string, more: Partial<ExperimentInput> = {}) =>
  parseExperiment(
    {
      name,
      data: { dataset: "market" },
      universe: { minHistory: 60, minPrice: 8 },
      model: { family: "ridge", alpha: 1000 },
      rebalance: { every: 5 },
      splits: { train: 303, test: 126 },
      portfolio: { kind: "top-k", k: 5, keep: 8 },
      risk: { profile: "research", maxWeight: 0.25 },
      ...more,
    },
    "test",
  );
const paper = (name: string, options: Partial<PaperOptions> = {}, more: Partial<ExperimentInput> = {}): Promise<PaperRun> =>
  performPaper(experimentOf(name, more), { workspace, sessions: 40, pace: null, onProgress: quiet, ...options });

/** A journal in which a text of the same length stands in place of another, with checksums that hold. */
function resummed(journal: Buffer, from: string, to: string): Buffer {
  const bytes = Buffer.from(journal);
  bytes.write(to, bytes.lastIndexOf(from));
  for (let at = "TRUEWIND-JOURNAL-3\n".length; at + 12 <= bytes.length; ) {
    const end = at + 12 + bytes.readUInt32LE(at);
    bytes.writeUInt32LE(crc32(bytes.subarray(at + 12, end)), at + 4);
    bytes.writeUInt32LE(crc32(bytes.subarray(at, at + 8)), at + 8);
    at = end;
  }
  return bytes;
}

let whole: PaperRun;
beforeAll(async () => {
  await simulateDataset(workspace, { name: "market", seed: "paper", names: 20, sectors: 4, ...SPAN, edge: 3 });
  whole = await paper("plain");
}, 120_000);
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe("a paper session", () => {
  it("accounts for every day to the cent, beside equal weight", () => {
    const { days, dates, expected, alerts, startingCash } = readSession(whole.folder);
    expect(days).toHaveLength(40);
    expect(dates).toEqual([...dates].sort());
    let before = startingCash * 100;
    for (const day of days) {
      expect(day.equity - before).toBe(day.change);
      expect(day.market + day.selection + day.fees + day.slippage + day.borrow + day.interest).toBe(day.change);
      expect(Number.isSafeInteger(day.equity)).toBe(true);
      before = day.equity;
    }
    expect(Math.round(whole.outcome.equity * 100)).toBe(before);
    expect(days.some((day) => day.fees < 0 && day.slippage < 0)).toBe(true);
    expect(expected?.returns.length).toBeGreaterThan(60);
    // The venue charges by the model that the watch knows.
    for (const day of days) expect(Math.abs(day.realised - day.modelled)).toBeLessThanOrEqual(2);
    expect(alerts).toEqual([]);
    performStatus(whole.folder);
    const page = readFileSync(whole.folder.file("paper.html"), "utf8").replaceAll(/<script>.*?<\/script>/gs, "");
    expect(page).toContain("Nothing was out of the ordinary.");
    expect(page).toContain("Simulated data");
    expect(page).not.toMatch(/NaN|undefined|Infinity/);
  });
});

describe("a paper session beside a backtest of its days", () => {
  const difference = (run: PaperRun) => performDifference(run.folder.path, workspace, quiet);
  const sumOf = ({ limits, data, latency, fills, costs }: Difference): number => limits + data + latency + fills + costs;

  it("is the same to the cent, with the same orders, where nothing differs", async () => {
    expect(await difference(whole)).toMatchObject({ total: 0, limits: 0, data: 0, latency: 0, fills: 0, costs: 0, sameOrders: true });
  });

  it.each([
    ["latency", { latencyMs: 18 * 3_600_000 }],
    ["fills", { halfSpreadBps: 25 }],
    ["costs", { feeBps: 30 }],
  ] as const)("puts a venue's other %s under its own heading", async (heading, venue) => {
    const run = await paper(`other-${heading}`, { venue });
    const found = await difference(run);
    expect(found.paper).toBe(Math.round(run.outcome.equity * 100));
    expect(found.total).toBe(found.paper - found.backtest);
    expect(sumOf(found)).toBe(found.total);
    expect(found.total).not.toBe(0);
    expect(Math.abs(found.total - found[heading])).toBeLessThan(0.1 * Math.abs(found[heading]));
    expect(found.data).toBe(0);
    if (heading !== "latency") expect(found.latency).toBe(0);
  });

  it("puts limits that only the session has under limits", async () => {
    const path = join(root, "limits.yaml");
    writeFileSync(
      path,
      "limits: { maxWeight: 0.15, minWeight: 0, minCash: 0, maxTurnover: 2 }\nbreakers: { dailyLoss: null, weeklyLoss: null, drawdown: null, positionLoss: null, portfolioFloor: null }\n",
    );
    const run = await paper("limited", { risk: path }, { risk: { maxWeight: 0.25 } });
    const { refused, refusedBy = {} } = run.outcome;
    expect(Object.keys(refusedBy)).toEqual(["max-weight", "max-gross"]);
    expect(Object.values(refusedBy).reduce((sum, count) => sum + count, 0)).toBe(refused);
    const found = await difference(run);
    expect(found.limits).not.toBe(0);
    expect(sumOf(found)).toBe(found.total);
    expect(found).toMatchObject({ total: found.limits, data: 0, latency: 0, fills: 0, costs: 0 });
  });

  it("puts a bar that was revised since under data", async () => {
    const { experiment, dataset } = await openExperiment(workspace, experimentOf("plain"));
    const bars: BarRow[] = [];
    for await (const batch of dataset.source({}).batches(0))
      if (batch.kind === "bar") for (let i = 0; i < batch.length; i++) bars.push(barRow(batch, i));
    const path = whole.folder.file(JOURNAL_FILE);
    const held = [...readJournal(path)].findLast((entry) => entry.kind === "event" && entry.event.kind === "fill" && entry.event.lots > 0);
    const fill = held?.kind === "event" && held.event.kind === "fill" ? held.event : null;
    const revised = bars.map((bar) =>
      bar.instrument === fill?.instrument && bar.openAt <= fill.at && bar.at > fill.at ? { ...bar, open: bar.high } : bar,
    );
    expect(revised.filter((bar, i) => bar !== bars[i] && bar.open !== bars[i]?.open)).toHaveLength(1);
    const now = drawnDataset(dataset, { bars: toBarBatch(revised), references: dataset.references() }, "one bar revised");
    const found = await attributeDifference({
      experiment,
      universe: openUniverse(experiment, now),
      models: toSchedule(readModels(whole.folder)),
      risk: researchRisk(experiment),
      journal: path,
      live: false,
      venue: {},
      onProgress: quiet,
    });
    expect(found.total).not.toBe(0);
    expect(found).toMatchObject({ data: found.total, latency: 0, fills: 0, costs: 0 });
  });
});

describe("a certificate", () => {
  it("names every rule, says what is missing, and how little so short a time can say", async () => {
    const { certificate } = await performCertify(whole.folder.id, workspace, quiet);
    const answers = Object.fromEntries(certificate.rules.map(({ id, passed }) => [id, passed]));
    expect(answers).toMatchObject({ replay: true, costs: true, anomalies: true, drawdown: true, length: true, gates: null });
    expect(certificate.decision).not.toBe("go");
    expect(certificate.rules.find(({ id }) => id === "gates")?.because).toMatch(/truewind validate/);
    // 1 / sqrt(40 / 252), were returns normal and independent.
    expect(certificate.figures.sharpe?.independentError).toBeCloseTo(2.5, 0);
    expect(certificate.figures.costRatio).toBeCloseTo(1, 3);
    expect(await performVerify(whole.folder.id, workspace, quiet)).toMatchObject({ goneOn: false, certificate });
  });

  it("breaks with any byte of what it stands on", async () => {
    await performCertify(whole.folder.id, workspace, quiet);
    const models = readdirSync(whole.folder.file("models")).map((name) => join("models", name));
    const files = ["journal.twj", ...models, "expectation.json", "certificate.json", "certificate.html"];
    expect(models.length).toBeGreaterThan(1);
    for (const name of files) {
      const path = whole.folder.file(name);
      const bytes = readFileSync(path);
      for (const at of [0, Math.floor(bytes.length / 2), bytes.length - 2]) {
        const changed = Buffer.from(bytes);
        changed[at] = (changed[at] as number) ^ 1;
        writeFileSync(path, changed);
        await expect(performVerify(whole.folder.id, workspace, quiet), `${name} at ${at}`).rejects.toMatchObject({
          code: "corrupt-artifact",
        });
      }
      writeFileSync(path, bytes);
    }
    for (const name of ["journal.twj", "models"]) {
      renameSync(whole.folder.file(name), whole.folder.file("aside"));
      await expect(performVerify(whole.folder.id, workspace, quiet)).rejects.toThrow(
        name === "models" ? /does not hold: models/ : /does not hold: journal/,
      );
      renameSync(whole.folder.file("aside"), whole.folder.file(name));
    }
    mkdirSync(whole.folder.file("models/more"));
    await performVerify(whole.folder.id, workspace, quiet);
    writeFileSync(whole.folder.file("models/more/x.model"), "x");
    await expect(performVerify(whole.folder.id, workspace, quiet)).rejects.toMatchObject({ code: "corrupt-artifact" });
    rmSync(whole.folder.file("models/more"), { recursive: true });
    // Sealed anew over another answer: the journal, judged again, says otherwise.
    const path = whole.folder.file("certificate.json");
    const { seal: _, chain, ...body } = JSON.parse(readFileSync(path, "utf8")) as Certificate;
    const forged = sealed({ ...body, decision: "go" }, chain);
    writeFileSync(path, `${JSON.stringify(forged, null, 1)}\n`);
    writeFileSync(whole.folder.file("certificate.html"), renderCertificate(forged));
    await expect(performVerify(whole.folder.id, workspace, quiet)).rejects.toThrow(/judged again, says something else/);
    await performCertify(whole.folder.id, workspace, quiet);
    await performVerify(whole.folder.id, workspace, quiet);
  });

  it("says go where the backtest was validated too and every rule is kept, and stands on that validation", async () => {
    const { folder, result } = await performBacktest(experimentOf("plain"), { workspace, onProgress: quiet, command: "test" });
    const path = folder.file("validation.json");
    const validated = (decision: "edge" | "no edge"): string =>
      JSON.stringify(sampleValidation(result.dataset, { identity: result.identity, decision, because: "As the gates say." }));
    writeFileSync(path, validated("edge"));
    const { certificate } = await performCertify(whole.folder.id, workspace, quiet);
    expect(certificate.rules.filter(({ passed }) => passed !== true)).toEqual([]);
    expect(certificate).toMatchObject({ decision: "go", identity: { backtest: folder.id } });
    await performVerify(whole.folder.id, workspace, quiet);
    writeFileSync(path, validated("no edge"));
    await expect(performVerify(whole.folder.id, workspace, quiet)).rejects.toThrow(/validation\.json/);
    expect((await performCertify(whole.folder.id, workspace, quiet)).certificate.decision).toBe("no-go");
    rmSync(path);
  });

  it("is not a go on a market with nothing to find", { timeout: 60_000 }, async () => {
    await simulateDataset(workspace, { name: "empty", seed: "paper", names: 20, sectors: 4, ...SPAN, edge: 0 });
    const { folder } = await paper("nothing", {}, { data: { dataset: "empty" } });
    const { certificate } = await performCertify(folder.id, workspace, quiet);
    expect(certificate.decision).not.toBe("go");
    expect(certificate.rules.find(({ id }) => id === "together")?.passed).not.toBe(true);
  });

  it("is no go where the journal tells another account than the session had, whatever its checksums say", async () => {
    const path = whole.folder.file(JOURNAL_FILE);
    const bytes = readFileSync(path);
    const { days } = readSession(whole.folder);
    const last = days.at(-1)?.equity as number;
    writeFileSync(path, resummed(bytes, `"equity":${last}`, `"equity":${last + 1_000_00}`));
    expect(readSession(whole.folder).days.at(-1)?.equity).toBe(last + 1_000_00);
    const { certificate } = await performCertify(whole.folder.id, workspace, quiet);
    expect(certificate.rules.find(({ id }) => id === "replay")).toMatchObject({
      passed: false,
      because: expect.stringContaining(`${last}`) as string,
    });
    expect(certificate.decision).toBe("no-go");
    // What no session could have written is no difference, but damage.
    writeFileSync(path, resummed(bytes, `"equity":${last}`, `"equity":${"x".repeat(String(last).length)}`));
    await expect(performCertify(whole.folder.id, workspace, quiet)).rejects.toMatchObject({ code: "corrupt-journal" });
    writeFileSync(path, bytes);
  });

  it("counts a halt that its outcome forgets, and is no go before the end that was declared", { timeout: 60_000 }, async () => {
    const rules = async (run: string) => (await performCertify(run, workspace, quiet)).certificate.rules;
    const path = whole.folder.file("paper.json");
    const text = readFileSync(path, "utf8");
    writeFileSync(path, text.replace('"halted": null', '"halted": "by hand"'));
    expect((await rules(whole.folder.id)).find(({ id }) => id === "anomalies")?.passed).toBe(true);
    // A command that came too late belongs to no session, and does not bring that outcome back.
    const inbox = whole.folder.file(INBOX_FILE);
    sendCommand(inbox, { kind: "halt", reason: "too late" });
    expect((await rules(whole.folder.id)).find(({ id }) => id === "anomalies")?.passed).toBe(true);
    rmSync(inbox);
    writeFileSync(path, text);
    const stop = new AbortController();
    const onProgress = (step: string, done: number): void => {
      if (step === "paper session" && done > 0.6) stop.abort();
    };
    await expect(paper("part", { signal: stop.signal, onProgress })).rejects.toMatchObject({ code: "interrupted" });
    const part = readdirSync(workspace.runs).find((name) => name.startsWith("part-paper-")) as string;
    const found = await rules(part);
    expect(found.find(({ id }) => id === "replay")?.passed).toBe(true);
    // Another length is another session: whoever meant to go on is told, and of no session of another experiment.
    const other = join(workspace.runs, "part-paper-b-paper-0123456789");
    mkdirSync(other);
    copyFileSync(join(workspace.runs, part, JOURNAL_FILE), join(other, JOURNAL_FILE));
    const said: string[] = [];
    const onTrouble = (sentence: string): void => void said.push(sentence);
    await paper("part", { sessions: 25, onTrouble });
    expect(said).toEqual([expect.stringContaining(`Session ${part} of part has not ended`)]);
    await paper("part", { onTrouble });
    expect(said).toHaveLength(1);
    rmSync(other, { recursive: true });
    expect(found.find(({ id }) => id === "length")).toMatchObject({
      passed: null,
      because: expect.stringMatching(/2\d of the 40/) as string,
    });
  });

  it("is refused to what is no paper session, and to a session without one", async () => {
    await expect(performVerify("other-fills-paper", workspace, quiet)).rejects.toMatchObject({ code: "no-such-file" });
    await expect(performCertify("nowhere", workspace, quiet)).rejects.toMatchObject({ code: "no-such-run" });
  });
});

it("a session that is refused before its first event leaves nothing that one could go on with", async () => {
  const path = join(root, "past.yaml");
  writeFileSync(path, "stress: { windows: [{ name: x, from: 1990-01-01, to: 1990-02-01, maxLoss: 0.1 }] }\n");
  const said: string[] = [];
  const asked = { risk: path, onTrouble: (sentence: string) => void said.push(sentence) };
  await expect(paper("refused", asked)).rejects.toThrow(/lies outside the data/);
  const run = readdirSync(workspace.runs).find((name) => name.startsWith("refused-paper-"));
  expect(existsSync(join(workspace.runs, run as string, JOURNAL_FILE))).toBe(false);
  // Nor is a later session told of it; and one without a journal begins with none of the commands that were for another.
  writeFileSync(path, "limits: { minWeight: 0 }\n");
  const { folder } = await paper("refused", { ...asked, sessions: 25 });
  expect(said).toEqual([]);
  for (const name of [JOURNAL_FILE, "paper.json"]) rmSync(folder.file(name));
  writeFileSync(folder.file("commands.jsonl"), `${JSON.stringify({ kind: "kill", reason: "of before", flatten: false })}\n`);
  expect((await paper("refused", { ...asked, sessions: 25 })).outcome.halted).toBe(null);
});
