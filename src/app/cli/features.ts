// `truewind features ...`: what features there are, what one means, and a picture of it.
import { writeFileSync } from "node:fs";
import type { Command } from "commander";
import { TruewindError } from "#base/errors.js";
import { openFactSets } from "#data/facts/told.js";
import { openDataset } from "#data/lake/open-dataset.js";
import type { FeatureDefinition } from "#features/language/definition.js";
import { printFormula } from "#features/language/print.js";
import { defineOwnFeatures } from "#features/own-features.js";
import { features, featureSets, featureSet, resolveFeatures } from "#features/registry.js";
import { readOwnFeatures } from "../config/experiment.js";
import { countGroups, type GroupCount, totalOf } from "../features/counts.js";
import { evaluateFeatures } from "../features/evaluate.js";
import { renderPlot } from "../features/plot.js";
import { distinctFeatures, isMeasured, redundantFeatures } from "../features/redundant.js";
import { type CommandContext, type CommonOptions, withCommonOptions } from "./context.js";
import { collect, peersOf } from "./feature-options.js";
import { addFeaturesCompute } from "./features-compute.js";
import { addFeaturesOnline } from "./features-online.js";
import { addFeaturesOverlap } from "./features-overlap.js";
import { interruptible } from "./terminal.js";

export function addFeatures(program: Command, context: CommandContext): void {
  const group = program.command("features").description("list features, show what one means, draw it over real bars");
  addList(group, context);
  addShow(group, context);
  addPlot(group, context);
  addFeaturesCompute(group, context);
  addFeaturesOnline(group, context);
  addFeaturesOverlap(group, context);
}

interface ListOptions extends CommonOptions {
  readonly group?: string;
  readonly set?: string;
  readonly file?: string;
}

function addList(group: Command, context: CommandContext): void {
  withCommonOptions(group.command("list"))
    .description("list the features and count them by group")
    .option("--group <group>", "only this group")
    .option("--set <set>", `only this set (${featureSets.join(", ")})`)
    .option("--file <file>", "the own features of this file")
    .action((options: ListOptions) => {
      const { terminal } = context.open(options);
      const all = options.file === undefined ? inSet(options.set) : defineOwnFeatures(readOwnFeatures(options.file));
      const shown = all.filter((definition) => options.group === undefined || definition.group === options.group);
      if (shown.length === 0) {
        throw new TruewindError(
          "bad-usage",
          `There is no group "${options.group}"; there are ${[...new Set(all.map((d) => d.group))].join(", ")}.`,
        );
      }
      const groups = countGroups(shown, { distinct: distinctFeatures, redundant: new Set(Object.keys(redundantFeatures)) });
      for (const { name, group: of, warmup, kind, unit } of shown) {
        terminal.say(`${name.padEnd(34)} ${of.padEnd(16)} ${String(warmup).padStart(5)} bars  ${kind.padEnd(9)}  ${unit}`);
      }
      terminal.say();
      for (const line of countLines(groups)) terminal.say(line);
      terminal.result({ groups, total: totalOf(groups), sets: featureSets, features: shown.map(described) });
    });
}

function inSet(set: string | undefined): readonly FeatureDefinition[] {
  return set === undefined ? [...features.values()] : featureSet(set);
}

function countLines(groups: readonly GroupCount[]): readonly string[] {
  const line = (a: string, b: string, c: string, d: string, e: string): string =>
    `${a.padEnd(20)} ${b.padStart(8)} ${c.padStart(13)} ${d.padStart(12)} ${e.padStart(10)}`;
  return [
    line("GROUP", "FEATURES", "<=4 A FORMULA", "NOT MEASURED", "EFFECTIVE"),
    ...[...groups, totalOf(groups)].map(({ group, raw, formulas, unmeasured, effective }) =>
      line(group, String(raw), String(formulas), String(unmeasured), String(effective)),
    ),
    "Effective: at most four settings of a formula, and of features whose rank correlation on real data is above .98 only the first.",
    "Not measured: the data at hand cannot tell; such features do not count as effective.",
  ];
}

function described({ expr, shape: _, ...text }: FeatureDefinition): object {
  return { ...text, formula: printFormula(expr), redundantWith: redundantFeatures[text.name] ?? null, measured: isMeasured(text.name) };
}

interface ShowOptions extends CommonOptions {
  readonly file?: string;
}

function addShow(group: Command, context: CommandContext): void {
  withCommonOptions(group.command("show"))
    .description("say what a feature means: its formula, inputs, warm-up, unit, range and source")
    .argument("<name>", "a feature, or feature@timeframe")
    .option("--file <file>", "a file with own features")
    .action((name: string, options: ShowOptions) => {
      const { terminal } = context.open(options);
      const own = ownOf(options.file);
      if (featureSets.includes(name) && !own.some((one) => one.name === name)) {
        throw new TruewindError("bad-usage", `"${name}" is a set of features: look at it with \`truewind features list --set ${name}\`.`);
      }
      const [definition] = resolveFeatures([name], own) as [FeatureDefinition];
      const { range, inputs, warmup, memory, kind, joint, level } = definition;
      const memoryWords =
        kind === "windowed" ? "windowed: older bars change nothing" : `recursive: older bars are forgotten (1e-10) after ${memory}`;
      const lines: readonly (readonly [string, string])[] = [
        ["Feature", `${definition.name}, version ${definition.version}, group ${definition.group}`],
        ["Formula", printFormula(definition.expr)],
        ["Source", definition.source],
        ["Reads", inputs.join(", ")],
        ["Timeframe", definition.timeframe ?? "the bars of the run"],
        ["First value", `after ${warmup} bars`],
        ["Memory", memoryWords],
        ["Unit", definition.unit],
        ["Range", `${range[0] ?? "unbounded"} to ${range[1] ?? "unbounded"}`],
        ...(joint ? ([["Note", "other instruments' bars of the same moment take part"]] as const) : []),
        ...(level ? ([["Note", "a level: not known on adjusted prices, which hold the future"]] as const) : []),
        ...(redundantFeatures[name] === undefined
          ? []
          : ([["Note", `says the same as ${redundantFeatures[name]} (rank correlation above .98)`]] as const)),
        ...(features.get(name) === definition && !isMeasured(name)
          ? ([["Note", "not measured on real data: does not count as effective"]] as const)
          : []),
      ];
      for (const [term, value] of lines) terminal.say(`${term.padEnd(12)} ${value}`);
      terminal.result(described(definition));
    });
}

interface PlotOptions extends CommonOptions {
  readonly data: string;
  readonly symbol: string;
  readonly out?: string;
  readonly file?: string;
  readonly last: number;
  readonly peer: readonly string[];
  readonly facts: readonly string[];
}

function addPlot(group: Command, context: CommandContext): void {
  withCommonOptions(group.command("plot"))
    .description("draw features over the bars of one instrument, as a page to open in a browser")
    .argument("<names...>", "features")
    .requiredOption("--data <dataset>", "a dataset of the lake")
    .requiredOption("--symbol <symbol>", "the instrument")
    .option("--out <file>", "where the page is written (default: NAME-SYMBOL.html)")
    .option("--file <file>", "a file with own features")
    .option("--last <bars>", "draw only the last bars", Number, 1000)
    .option("--peer <role=symbol>", "reference instrument, as market=SPY; may be given several times", collect, [])
    .option("--facts <name>", "a set of facts that features read; may be given several times", collect, [])
    .action(async (names: string[], options: PlotOptions) => {
      const { workspace, terminal } = context.open(options);
      const definitions = resolveFeatures(names, ownOf(options.file));
      const dataset = await openDataset(workspace.lake, options.data);
      const evaluation = await evaluateFeatures(dataset, definitions, {
        symbol: options.symbol,
        peers: peersOf(options.peer),
        factSets: await openFactSets(workspace.facts, options.facts, dataset.manifest.instruments),
        onProgress: (done) => terminal.progress("computing features", done),
        signal: interruptible(),
      });
      terminal.settle();
      const last = (column: readonly number[]): readonly number[] => column.slice(-options.last);
      const shown = { at: last(evaluation.at), close: last(evaluation.close), values: evaluation.values.map(last) };
      const out = options.out ?? `${names[0]?.replace("@", "-")}-${options.symbol}.html`;
      writeFileSync(out, renderPlot({ symbol: options.symbol, dataset: options.data, definitions, evaluation: shown }));
      terminal.say(`${out}: ${definitions.map(({ name }) => name).join(", ")} over ${shown.at.length} bars of ${options.symbol}.`);
      const unknown = definitions.filter((_, k) => shown.values[k]?.every(Number.isNaN)).map(({ name }) => name);
      if (unknown.length > 0) terminal.say(`Not known at any of these bars: ${unknown.join(", ")}.`);
      terminal.result({ out, bars: shown.at.length, features: definitions.map(({ name }) => name), unknown });
    });
}

function ownOf(file: string | undefined): readonly FeatureDefinition[] {
  return file === undefined ? [] : defineOwnFeatures(readOwnFeatures(file));
}
