// `truewind data ...`: the lake from the command line.
import type { Command } from "commander";
import { TruewindError } from "#base/errors.js";
import { importDataset } from "#data/import/import-dataset.js";
import { checkDataset } from "#data/lake/check.js";
import { listDatasets, showDataset } from "#data/lake/show.js";
import { renderQuality } from "#data/quality/render.js";
import { DAY_US, type Micros, parseIsoDate, utcMidnight } from "#domain/time.js";
import { simulateDataset } from "../runs/simulated-dataset.js";
import { type CommandContext, type CommonOptions, withCommonOptions } from "./context.js";
import { addDataBars } from "./data-bars.js";
import { addDataUpdate } from "./data-update.js";
import { brief, describe, locate, oneLine } from "./dataset-lines.js";
import { gapLines, gapsOf } from "./gap-lines.js";
import { nonNegativeNumber, positiveInteger } from "./numbers.js";
import { interruptible } from "./terminal.js";

export function addData(program: Command, context: CommandContext): void {
  const data = program.command("data").description("import, check and look at datasets");
  addImport(data, context);
  addDataUpdate(data, context);
  addDataBars(data, context);
  addCheck(data, context);
  addList(data, context);
  addShow(data, context);
  addSimulate(data, context);
}

function addImport(data: Command, context: CommandContext): void {
  withCommonOptions(data.command("import"))
    .description("import files into the lake: a declaration (YAML), or a folder whose files explain themselves")
    .argument("<source>", "declaration file or folder")
    .option("--as <name>", "name of the dataset in the lake")
    .action(async (source: string, options: CommonOptions & { as?: string }) => {
      const { workspace, terminal } = context.open(options);
      const { manifest, quality } = await importDataset(await locate(source, options.as), workspace.lake, {
        onProgress: ({ stage, done }) => terminal.progress(stage, done),
        signal: interruptible(),
      });
      terminal.settle();
      describe(manifest, terminal.say);
      terminal.say(renderQuality(quality).trimEnd());
      terminal.result({ manifest: brief(manifest), quality: { ...quality, symbols: undefined, gaps: undefined } });
    });
}

function addCheck(data: Command, context: CommandContext): void {
  withCommonOptions(data.command("check"))
    .description("verify a dataset against its id and print its quality report; fails when it was altered")
    .argument("<name>")
    .action(async (name: string, options: CommonOptions) => {
      const { workspace, terminal } = context.open(options);
      const { dataset, manifest, quality } = await checkDataset(workspace.lake, name);
      describe(manifest, terminal.say);
      terminal.say(renderQuality(quality).trimEnd());
      const gaps = await gapsOf(dataset);
      for (const line of gaps === null ? [] : gapLines(gaps)) terminal.say(line);
      terminal.say(`Intact: the rows have the id ${manifest.id.slice(0, 12)}.`);
      terminal.result({ name, id: manifest.id, intact: true, quality, ...(gaps === null ? {} : { quoteGaps: gaps }) });
    });
}

function addList(data: Command, context: CommandContext): void {
  withCommonOptions(data.command("list"))
    .description("list the datasets of the lake")
    .action(async (options: CommonOptions) => {
      const { workspace, terminal } = context.open(options);
      const datasets = await listDatasets(workspace.lake);
      if (datasets.length === 0) terminal.say("The lake is empty. Start with: truewind data import FOLDER, or truewind demo");
      for (const manifest of datasets) terminal.say(oneLine(manifest));
      terminal.result(datasets.map(brief));
    });
}

interface ShowCommandOptions extends CommonOptions {
  readonly symbol?: string;
  readonly from?: string;
  readonly to?: string;
  readonly limit: number;
}

function addShow(data: Command, context: CommandContext): void {
  withCommonOptions(data.command("show"))
    .description("print rows of a dataset")
    .argument("<name>")
    .option("--symbol <symbol>", "only this instrument")
    .option("--from <date>", "first day, YYYY-MM-DD")
    .option("--to <date>", "last day, YYYY-MM-DD")
    .option("--limit <n>", "rows at most", positiveInteger, 20)
    .action(async (name: string, { symbol, from, to, limit, ...options }: ShowCommandOptions) => {
      const { workspace, terminal } = context.open(options);
      const window = {
        from: from === undefined ? undefined : dayStart(from),
        to: to === undefined ? undefined : ((dayStart(to) + DAY_US) as Micros),
      };
      const shown = await showDataset(workspace.lake, name, { symbol, limit, ...window });
      describe(shown.manifest, terminal.say);
      const columns = Object.keys(shown.rows[0] ?? {});
      const width = (column: string): number => Math.max(column.length, ...shown.rows.map((row) => String(row[column] ?? "").length));
      const widths = columns.map(width);
      terminal.say(columns.map((column, c) => column.padStart(widths[c] as number)).join("  "));
      for (const row of shown.rows)
        terminal.say(columns.map((column, c) => String(row[column] ?? "").padStart(widths[c] as number)).join("  "));
      terminal.result({ manifest: brief(shown.manifest), rows: shown.rows });
    });
}

interface SimulateOptions extends CommonOptions {
  readonly seed: string;
  readonly names: number;
  readonly sectors: number;
  readonly from: string;
  readonly to: string;
  readonly edge: number;
}

function addSimulate(data: Command, context: CommandContext): void {
  withCommonOptions(data.command("simulate"))
    .description("make a simulated market, with or without a planted edge, and put it into the lake")
    .argument("<name>")
    .option("--seed <text>", "seed", "1")
    .option("--names <n>", "companies", positiveInteger, 60)
    .option("--sectors <n>", "sectors", positiveInteger, 6)
    .option("--from <date>", "first day, YYYY-MM-DD", "2014-01-01")
    .option("--to <date>", "last day, YYYY-MM-DD", "2023-12-31")
    .option("--edge <sharpe>", "net Sharpe ratio of an oracle over equal weight; 0 plants nothing", nonNegativeNumber, 0)
    .action(async (name: string, { seed, names, sectors, from, to, edge, ...options }: SimulateOptions) => {
      const { workspace, terminal } = context.open(options);
      const manifest = await simulateDataset(workspace, { name, seed, names, sectors, from, to, edge });
      describe(manifest, terminal.say);
      terminal.result({ manifest: brief(manifest) });
    });
}

function dayStart(text: string): Micros {
  const date = parseIsoDate(text);
  if (date === null) throw new TruewindError("bad-usage", `"${text}" is not a day: write it as YYYY-MM-DD.`);
  return utcMidnight(date);
}
