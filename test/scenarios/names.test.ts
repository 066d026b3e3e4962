// A run in anonymized names is the run in real ones, to the bit, but for the names; and the same under whatever names an experiment mentions.
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync, readFileSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { experimentHash, parseExperiment } from "#app/config/experiment.js";
import { openWorkspace, type Workspace } from "#app/config/workspace.js";
import { readJournal } from "#adapters/stores/journal/journal.js";
import { keyFile, readKey } from "#app/names/key-file.js";
import { openExperiment } from "#app/names/open-experiment.js";
import { knownNames } from "#app/names/open-names.js";
import { type BacktestRun, performBacktest } from "#app/runs/perform-backtest.js";
import { performPaper } from "#app/runs/perform-paper.js";
import { performReplay } from "#app/runs/perform-replay.js";
import { JOURNAL_FILE } from "#app/runs/run-folder.js";
import { simulateDataset } from "#app/runs/simulated-dataset.js";
import { importFacts } from "#data/facts/import-facts.js";
import { parseLag } from "#data/facts/lag.js";
import { readDeclaration } from "#data/import/declaration.js";
import { importDataset } from "#data/import/import-dataset.js";
import { updateDataset } from "#data/import/update-dataset.js";
import { openDataset, type OpenDataset } from "#data/lake/open-dataset.js";
import { looksLikeAlias } from "#data/names/alias.js";
import { sectorWord } from "#data/names/sector-word.js";
import { type NamedMarket, writeNamedMarket } from "#test/fixtures/named-market.js";

const root = mkdtempSync(join(tmpdir(), "truewind-names-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const quiet = { onProgress: () => undefined, command: "test" };

let workspace: Workspace;
let market: NamedMarket;
let lake: OpenDataset;

function experiment(over: Record<string, unknown> = {}, anonymize = true) {
  return parseExperiment(
    {
      name: "named",
      data: { dataset: "shares", facts: ["tones"], anonymize },
      benchmark: market.index,
      peers: { market: market.index },
      universe: { minHistory: 60, exclude: [market.symbols.at(-1)] },
      features: ["classic-40-raw", "beta_market_60", "tone"],
      ownFeatures: [{ name: "tone", formula: 'fact("tone")' }],
      splits: { train: 300, test: 126 },
      model: { family: "ridge", alpha: 1000 },
      portfolio: { kind: "top-k", k: 4 },
      risk: { profile: "research", maxWeight: 0.3 },
      ...over,
    },
    "test",
  );
}

async function fill(at: Workspace): Promise<void> {
  await importDataset(await readDeclaration(market.declaration), at.lake);
  await importFacts(market.facts, at.facts, { name: "tones", lag: parseLag("10d") });
}

let hidden: BacktestRun;
let plain: BacktestRun;
beforeAll(async () => {
  workspace = openWorkspace(join(root, "ws"));
  market = writeNamedMarket(join(root, "files"));
  await fill(workspace);
  lake = await openDataset(workspace.lake, "shares");
  hidden = await performBacktest(experiment(), { workspace, ...quiet });
  plain = await performBacktest(experiment({}, false), { workspace, ...quiet });
}, 180_000);

describe("a run in anonymized names", () => {
  it("is that in real names to the bit: equity, fills, orders, models, verdict, every figure", () => {
    const { experiment: _, benchmark, assumptions, dataset, identity, ...figures } = hidden.result;
    const { experiment: __, benchmark: real, assumptions: ___, dataset: ____, identity: own, ...realFigures } = plain.result;
    expect(figures).toEqual(realFigures);
    expect(figures.orders.filled).toBeGreaterThan(50);
    expect({ ...benchmark, instrument: "" }).toEqual({ ...real, instrument: "" });
    expect(real?.instrument).toBe(market.index);
    expect(looksLikeAlias(benchmark?.instrument ?? "")).toBe(true);
    expect(identity.dataId).toBe(own.dataId);
    expect(dataset.facts).toEqual(plain.result.dataset.facts);
    expect(dataset.facts?.[0]?.matched).toBe(market.symbols.length);
    expect(assumptions.join(" ")).toContain("`truewind names shares`");
    const entries = (run: BacktestRun): unknown => [...readJournal(run.folder.file(JOURNAL_FILE))];
    expect(entries(hidden)).toEqual(entries(plain));
    expect(hidden.folder.id).not.toBe(plain.folder.id);
  });

  it("counts as one attempt with that in real names only where it mentions none", () => {
    // A hash of symbols that is kept beside aliases could be tried out, symbol by symbol.
    expect(hidden.result.identity.experimentHash).not.toBe(plain.result.identity.experimentHash);
    const free = { benchmark: null, peers: {}, universe: { minHistory: 60 } };
    expect(experimentHash(experiment(free))).toBe(experimentHash(experiment(free, false)));
  });

  it("is the same whether the experiment mentions symbols or aliases", async () => {
    const names = knownNames(workspace.names, lake);
    const alias = (symbol: string | undefined): string => names?.aliasOf(symbol ?? "") as string;
    const mentions = {
      benchmark: alias(market.index),
      peers: { market: alias(market.index) },
      universe: { minHistory: 60, exclude: [alias(market.symbols.at(-1))] },
    };
    const opened = await openExperiment(workspace, experiment(mentions));
    expect(opened.experiment).toEqual(hidden.result.experiment);
    expect(experimentHash(opened.experiment)).toBe(hidden.result.identity.experimentHash);
    const real = await openExperiment(workspace, experiment(mentions, false));
    expect(real.experiment).toEqual(plain.result.experiment);
  });

  it("says what is neither, and when an alias is another key's", async () => {
    const wrong = experiment({ benchmark: "TECH_LARGE_00000000", peers: { gold: "NOPE" } });
    await expect(performBacktest(wrong, { workspace, ...quiet })).rejects.toThrow(
      /benchmark: there is no TECH_LARGE_00000000; .* anonymized names are those of the key(.|\n)*peers\.gold: there is no NOPE; look at its symbols with `truewind data show`$/,
    );
  });

  it("calls each instrument by sector, size class and digits, read back with the key alone", async () => {
    const { dataset } = await openExperiment(workspace, experiment());
    const key = readKey(keyFile(workspace.names, lake.manifest.lineage), lake.manifest.lineage);
    const sectors = new Set(lake.manifest.instruments.map(({ sector }) => sector));
    expect(sectors.size).toBeGreaterThan(3);
    dataset.manifest.instruments.forEach(({ id, sector }, row) => {
      expect(looksLikeAlias(id), id).toBe(true);
      const own = lake.manifest.instruments[row];
      expect(sector).toBe(own?.sector);
      expect(id.split("_")[0]).toBe(sectorWord(sector));
      expect(key?.names.get(own?.id ?? "")).toBe(id);
    });
    const classes = dataset.manifest.instruments.map(({ id }) => id.split("_")[1]);
    for (const size of ["LARGE", "MID", "SMALL"]) expect(classes.filter((one) => one === size).length).toBeGreaterThan(3);
    for (const symbol of market.symbols) expect(dataset.manifest.source).not.toContain(symbol);
    expect(lake.manifest.source).toContain(market.symbols[0]);
  });

  it("hears of chosen instruments alone by alias", async () => {
    const { dataset } = await openExperiment(workspace, experiment());
    const chosen = dataset.manifest.instruments.filter((_, row) => row % 5 === 1);
    const real = lake.manifest.instruments.filter((_, row) => row % 5 === 1);
    const [aliases, symbols] = [chosen, real].map((list) => ({ instruments: list.map(({ id }) => id) }));
    expect(dataset.instruments(aliases)).toEqual(chosen);
    expect(dataset.references(aliases)).toEqual(lake.references(symbols));
    expect(dataset.references(aliases).length).toBeGreaterThan(0);
    const read = async (from: OpenDataset, which: typeof aliases): Promise<unknown[]> => {
      const batches = [];
      for await (const batch of from.source(which).batches(0)) batches.push(batch);
      return batches;
    };
    expect(await read(dataset, aliases)).toEqual(await read(lake, symbols));
    expect(() => dataset.source({ instruments: ["NOPE" as never] })).toThrow(/shares has no NOPE/);
  });
});

describe("paper sessions and their journals", () => {
  it("are the same to the bit, and replay with the key", { timeout: 120_000 }, async () => {
    const options = { workspace, sessions: 20, pace: null, onProgress: () => undefined };
    const one = await performPaper(experiment(), options);
    const other = await performPaper(experiment({}, false), options);
    const { run: _, positions, ...outcome } = one.outcome;
    const { run: __, positions: real, ...realOutcome } = other.outcome;
    expect(outcome).toEqual(realOutcome);
    const names = knownNames(workspace.names, lake);
    expect(Object.keys(positions).length).toBeGreaterThan(2);
    expect(Object.fromEntries(Object.entries(positions).map(([alias, lots]) => [names?.symbolOf(alias), lots]))).toEqual(real);
    for (const { folder } of [one, other, hidden, plain])
      expect((await performReplay(folder.path, workspace, () => undefined)).cutOff).toBe(false);
  });

  it("say so in a workspace without the key, or with another, and replay once it is copied", { timeout: 120_000 }, async () => {
    const elsewhere = openWorkspace(join(root, "elsewhere"));
    await fill(elsewhere);
    const key = keyFile(workspace.names, lake.manifest.lineage);
    const there = keyFile(elsewhere.names, lake.manifest.lineage);
    const replayed = () => performReplay(hidden.folder.path, elsewhere, () => undefined);
    await expect(replayed()).rejects.toMatchObject({
      code: "bad-key",
      exitCode: 2,
      message: expect.stringMatching(
        /^It was made with anonymized names of dataset shares under key [0-9a-f-]{17}, and this workspace has none: copy /,
      ),
    });
    await performBacktest(experiment(), { workspace: elsewhere, ...quiet });
    await expect(replayed()).rejects.toThrow(
      /under key [0-9a-f-]{17}, and this workspace has key [0-9a-f-]{17}: copy .*names.*\.json from/,
    );
    await expect(replayed()).rejects.not.toThrow(/ZQ/);
    copyFileSync(key, there);
    expect((await replayed()).orders).toBe(hidden.result.orders.sent);
    // Those in real names need none.
    rmSync(there);
    expect((await performReplay(plain.folder.path, elsewhere, () => undefined)).orders).toBe(plain.result.orders.sent);
  });
});

describe("the key of a dataset", () => {
  it.skipIf(process.platform === "win32")("is its owner's alone", () => {
    expect(statSync(keyFile(workspace.names, lake.manifest.lineage)).mode & 0o077).toBe(0);
    expect(statSync(workspace.names).mode & 0o077).toBe(0);
  });

  it("is refused when it is damaged, newer, or another dataset's, in one sentence each", async () => {
    const own = keyFile(workspace.names, lake.manifest.lineage);
    const text = readFileSync(own, "utf8");
    const broken = openWorkspace(join(root, "broken"));
    await fill(broken);
    const path = keyFile(broken.names, lake.manifest.lineage);
    mkdirSync(broken.names);
    const opened = () => openExperiment(broken, experiment());
    writeFileSync(path, text.replace("LARGE", "SMALL"));
    await expect(opened()).rejects.toMatchObject({ code: "bad-key", message: expect.stringMatching(/is damaged: restore it from a copy/) });
    writeFileSync(path, text.replace('"truewindNames": 1', '"truewindNames": 2'));
    await expect(opened()).rejects.toMatchObject({ code: "bad-key", message: expect.stringMatching(/made by a newer Truewind/) });
    await simulateDataset(workspace, { name: "sim", seed: "1", names: 5, sectors: 2, from: "2018-01-01", to: "2018-12-31", edge: 0 });
    const { dataset } = await openExperiment(workspace, parseExperiment({ name: "sim", data: { dataset: "sim" } }, "test"));
    copyFileSync(keyFile(workspace.names, dataset.manifest.lineage), path);
    await expect(opened()).rejects.toMatchObject({ code: "bad-key", message: expect.stringMatching(/belongs to another dataset/) });
  });

  it("is not asked for where the dataset of that name is another one", async () => {
    const other = openWorkspace(join(root, "replaced"));
    const settings = { name: "shares", seed: "1", names: 5, sectors: 2, from: "2018-01-01", to: "2018-12-31", edge: 0 };
    await simulateDataset(other, settings);
    const id = knownNames(workspace.names, lake)?.id;
    const asked = parseExperiment({ name: "x", data: { dataset: "shares" } }, "test");
    await expect(openExperiment(other, asked, id)).rejects.toMatchObject({ code: "data-changed" });
  });

  it("is another in another workspace, but for a simulated market, whose names hide nobody", async () => {
    const other = openWorkspace(join(root, "other"));
    await fill(other);
    const settings = { name: "sim", seed: "1", names: 5, sectors: 2, from: "2018-01-01", to: "2018-12-31", edge: 0 };
    for (const at of [workspace, other]) await simulateDataset(at, settings);
    const namesIn = async (at: Workspace, dataset: string): Promise<unknown> => {
      const opened = await openExperiment(at, parseExperiment({ name: "x", data: { dataset } }, "test"));
      return opened.dataset.manifest.instruments.map(({ id }) => id);
    };
    expect(await namesIn(other, "sim")).toEqual(await namesIn(workspace, "sim"));
    expect(await namesIn(other, "shares")).not.toEqual(await namesIn(workspace, "shares"));
  });

  it("keeps names when the dataset is updated, and names who is new", { timeout: 60_000 }, async () => {
    const grown = openWorkspace(join(root, "grown"));
    const early = writeNamedMarket(join(root, "early"), { names: 6, to: "2018-12-31" });
    await importDataset(await readDeclaration(early.declaration), grown.lake);
    const asked = parseExperiment({ name: "x", data: { dataset: "shares" } }, "test");
    const before = await openExperiment(grown, asked);
    const bars = readFileSync(join(root, "early", "bars", `${early.symbols[2]}.csv`), "utf8");
    writeFileSync(join(root, "early", "bars", "ZQNEWWYRM.csv"), bars);
    const text = readFileSync(early.declaration, "utf8");
    writeFileSync(early.declaration, text.replace("files:\n", "files:\n  - bars/ZQNEWWYRM.csv\n"));
    await updateDataset(await readDeclaration(early.declaration), grown.lake);
    const after = await openExperiment(grown, asked);
    expect(after.dataset.manifest.lineage).toBe(before.dataset.manifest.lineage);
    expect(after.names?.id).toBe(before.names?.id);
    for (const symbol of early.symbols) expect(after.names?.aliasOf(symbol)).toBe(before.names?.aliasOf(symbol));
    expect(after.names?.aliasOf("ZQNEWWYRM")).toMatch(/^NA_(LARGE|MID|SMALL)_[0-9a-f]{8}$/);
  });
});
