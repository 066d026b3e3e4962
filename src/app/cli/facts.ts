// `truewind facts ...`: sets of facts from the command line.
import type { Command } from "commander";
import { TruewindError } from "#base/errors.js";
import { factsAsOf } from "#data/facts/as-of.js";
import { checkFactSet, listFactSets, readAllFacts, readFactManifest } from "#data/facts/fact-store.js";
import { type FactSetManifest, honestyOf } from "#data/facts/fact-set.js";
import { importFacts, type ImportFactsOptions } from "#data/facts/import-facts.js";
import { readFactsDeclaration } from "#data/facts/declaration.js";
import { parseMoment } from "#data/facts/moments.js";
import { updateFacts } from "#data/facts/update-facts.js";
import { DAY_US, formatMicros, type Micros } from "#domain/time.js";
import { type CommandContext, type CommonOptions, withCommonOptions } from "./context.js";
import { positiveInteger } from "./numbers.js";
import { interruptible, type Terminal } from "./terminal.js";

export function addFacts(program: Command, context: CommandContext): void {
  const facts = program.command("facts").description("what became known besides prices: reports, macro series, options, texts, membership");
  addImport(facts, context);
  addUpdate(facts, context);
  addCheck(facts, context);
  addList(facts, context);
  addShow(facts, context);
}

interface SourceOptions extends CommonOptions {
  readonly name?: string;
  readonly lag?: string;
  readonly symbol?: string;
  readonly events?: boolean;
}

function withSource(command: Command): Command {
  return withCommonOptions(command)
    .argument("<source>", "file, folder, or declaration (YAML)")
    .option("--name <name>", "name of the set of facts")
    .option("--lag <delay>", "how long after its date a fact became known, where the source does not say: 45d, 1b (business day), 8h")
    .option("--symbol <symbol>", "instrument of files that name none")
    .option("--events", "each row is an event of its own, so that one day may hold several");
}

/** What the command line says stands over the declaration. */
function sourceOf(
  source: string,
  options: SourceOptions,
  terminal: Terminal,
): { readonly path: string; readonly options: ImportFactsOptions } {
  const { path, name, lag, symbol, events } = readFactsDeclaration(source, options);
  return {
    path,
    options: { name, lag, symbol, events, onProgress: (step, done) => terminal.progress(step, done), signal: interruptible() },
  };
}

function addImport(facts: Command, context: CommandContext): void {
  withSource(facts.command("import"))
    .description("import facts with the moments at which they became known; what they are is told by their content")
    .action(async (source: string, given: SourceOptions) => {
      const { workspace, terminal } = context.open(given);
      const { path, options } = sourceOf(source, given, terminal);
      const manifest = await importFacts(path, workspace.facts, options);
      terminal.settle();
      describe(manifest, terminal);
      terminal.result(forMachines(manifest));
    });
}

function addUpdate(facts: Command, context: CommandContext): void {
  withSource(facts.command("update"))
    .description("bring the new facts of a source into a set; exits with 3 when it tells history differently and that was refused")
    .option("--accept-revisions", "take the values that the source now tells for facts that were known")
    .action(async (source: string, given: SourceOptions & { acceptRevisions?: boolean }) => {
      const { workspace, terminal } = context.open(given);
      const { path, options } = sourceOf(source, given, terminal);
      const { manifest, ...update } = await updateFacts(path, workspace.facts, {
        ...options,
        acceptRevisions: given.acceptRevisions === true,
      });
      terminal.settle();
      describe(manifest, terminal);
      terminal.say(`  ${update.added} facts added, ${update.revised} told differently${update.applied ? "" : ": nothing was changed"}`);
      terminal.result({ ...forMachines(manifest), update });
      if (!update.applied) {
        throw new TruewindError(
          "gate-closed",
          `${update.revised} facts of history were revised by the source and refused: look at them, then run again with --accept-revisions.`,
        );
      }
    });
}

function addCheck(facts: Command, context: CommandContext): void {
  withCommonOptions(facts.command("check"))
    .description("verify a set of facts against its id; fails when it was altered")
    .argument("<name>")
    .action(async (name: string, given: CommonOptions) => {
      const { workspace, terminal } = context.open(given);
      const manifest = await checkFactSet(workspace.facts, name);
      describe(manifest, terminal);
      terminal.say(`Intact: the facts have the id ${manifest.id.slice(0, 12)}.`);
      terminal.result({ name, id: manifest.id, intact: true });
    });
}

function addList(facts: Command, context: CommandContext): void {
  withCommonOptions(facts.command("list"))
    .description("list the sets of facts")
    .action(async (given: CommonOptions) => {
      const { workspace, terminal } = context.open(given);
      const sets = await listFactSets(workspace.facts);
      if (sets.length === 0) terminal.say("There are no facts. Start with: truewind facts import PATH --name NAME");
      for (const manifest of sets) terminal.say(oneLine(manifest));
      terminal.result(sets.map(forMachines));
    });
}

interface ShowFactsOptions extends CommonOptions {
  readonly asOf?: string;
  readonly symbol?: string;
  readonly field?: string;
  readonly limit: number;
}

function addShow(facts: Command, context: CommandContext): void {
  withCommonOptions(facts.command("show"))
    .description("print what was known at a moment: per instrument and field the latest period, as it stood then")
    .argument("<name>")
    .option(
      "--as-of <moment>",
      "day or moment (UTC); of a day its end, when what is dated by that day is known; default: all that is known",
    )
    .option("--symbol <symbol>", "only this instrument")
    .option("--field <field>", "only this field")
    .option("--limit <n>", "facts at most", positiveInteger, 40)
    .action(async (name: string, { asOf, symbol, field, limit, ...given }: ShowFactsOptions) => {
      const { workspace, terminal } = context.open(given);
      const { folder, manifest } = await readFactManifest(workspace.facts, name);
      const moment = asOf === undefined ? (Number.MAX_SAFE_INTEGER as Micros) : parseMoment(asOf);
      if (moment === null)
        throw new TruewindError("bad-usage", `"${asOf}" is neither a day nor a moment: write 2016-06-30 or 2016-06-30T20:00:00Z.`);
      const all = await readAllFacts(folder);
      if (symbol !== undefined && !all.symbols.includes(symbol))
        throw new TruewindError("bad-usage", `The facts ${name} do not speak of ${symbol}.`);
      if (field !== undefined && !(field in manifest.fields)) {
        throw new TruewindError(
          "bad-usage",
          `The facts ${name} have no field "${field}"; there are ${Object.keys(manifest.fields).join(", ")}.`,
        );
      }
      const wanted = factsAsOf(all, moment).filter(
        (fact) => (symbol === undefined || fact.symbol === symbol) && (field === undefined || fact.field === field),
      );
      describe(manifest, terminal);
      if (wanted.length === 0) terminal.say("  Nothing was known then.");
      for (const { field: what, symbol: who, at, seenAt, value } of wanted.slice(0, limit)) {
        const about = `${who ?? "market"} ${what}`;
        terminal.say(`  ${about.padEnd(36)} ${String(value).padStart(18)}  of ${periodOf(at)}, known from ${formatMicros(seenAt)}`);
      }
      if (wanted.length > limit) terminal.say(`  ... and ${wanted.length - limit} more: see --limit`);
      terminal.result({
        ...forMachines(manifest),
        asOf: asOf === undefined ? null : formatMicros(moment),
        known: wanted.slice(0, limit).map((fact) => ({ ...fact, at: formatMicros(fact.at), seenAt: formatMicros(fact.seenAt) })),
      });
    });
}

/** What is dated by a day ends at the midnight after it: the day is what a reader looks for. */
function periodOf(at: Micros): string {
  return at % DAY_US === 0 ? formatMicros((at - DAY_US) as Micros).slice(0, 10) : formatMicros(at);
}

function oneLine(manifest: FactSetManifest): string {
  const day = (time: Micros | null): string => (time === null ? "?" : formatMicros(time).slice(0, 10));
  const honesty = honestyOf(manifest);
  return `${manifest.name}: ${manifest.facts.toLocaleString("en")} facts, ${Object.keys(manifest.fields).length} fields, ${manifest.symbols} symbols, known ${day(manifest.seenFrom)} to ${day(manifest.seenTo)}, id ${manifest.id.slice(0, 12)}${honesty === "" ? "" : ` (${honesty.toUpperCase()})`}`;
}

function describe(manifest: FactSetManifest, terminal: Terminal): void {
  terminal.say(oneLine(manifest));
  const counts = (label: string, of: Readonly<Record<string, number>>): void => {
    const words = Object.entries(of).map(([reason, count]) => `${reason} ${count}`);
    if (words.length > 0) terminal.say(`  ${label}: ${words.join(", ")}`);
  };
  if (manifest.restated > 0) terminal.say(`  ${manifest.restated} restated: both values are kept, each from when it was known`);
  counts("refused (quarantine.jsonl)", manifest.quarantined);
  counts("worth a look", manifest.flagged);
  if (manifest.passedOver.length > 0) {
    terminal.say(`  ${manifest.passedOver.length} files passed over:`);
    for (const { file, reason } of manifest.passedOver.slice(0, 5)) terminal.say(`    ${file}: ${reason}`);
  }
}

function forMachines(manifest: FactSetManifest) {
  const { passedOver, ...rest } = manifest;
  return { ...rest, honesty: honestyOf(manifest), passedOver: passedOver.slice(0, 20), passedOverFiles: passedOver.length };
}
