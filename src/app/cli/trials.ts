// `truewind trials [EXPERIMENT|DATASET]`
import { existsSync } from "node:fs";
import type { Command } from "commander";
import { openStateDatabase } from "#adapters/stores/sqlite/database.js";
import { TruewindError } from "#base/errors.js";
import { openDataset } from "#data/lake/open-dataset.js";
import { digestTableFile } from "#data/table/file-digest.js";
import type { TrialLedger } from "#ports/store.js";
import { experimentHash, readExperiment, readYaml } from "../config/experiment.js";
import { isTableExperiment, parseTableExperiment, tableExperimentHash, tableFileOf } from "../config/table-experiment.js";
import type { Workspace } from "../config/workspace.js";
import { openNamed } from "../names/open-experiment.js";
import { counted } from "../report/number-format.js";
import { writeWhole } from "../runs/run-folder.js";
import { readTrials, trialsAsText } from "../trials/exchange-file.js";
import { type TrialsSummary, summarizeTrials } from "../trials/summary.js";
import { trialLines } from "../trials/trial-lines.js";
import { type CommandContext, type CommonOptions, withCommonOptions } from "./context.js";

interface TrialsOptions extends CommonOptions {
  readonly export?: string;
  readonly import?: string;
}

interface Asked {
  readonly lineages: readonly string[];
  /** The experiment that was asked about. */
  readonly own: string | null;
}

export function addTrials(program: Command, context: CommandContext): void {
  withCommonOptions(program.command("trials"))
    .description("everything that was ever tried on a dataset, and what the best of it is worth after all")
    .argument("[subject]", "experiment (YAML) or dataset; all datasets when left out")
    .option("--export <file>", "write the records: .json with everything, .csv as a table")
    .option("--import <file>", "take in the records of another workspace (.json); those that are here already are left out")
    .action(async (subject: string | undefined, options: TrialsOptions) => {
      const { workspace, terminal } = context.open(options);
      const state = await openStateDatabase(workspace.stateDb);
      try {
        const imported = options.import === undefined ? null : await state.trials.merge(readTrials(options.import));
        if (imported !== null) terminal.say(`${counted(imported, "new record")} taken in from ${options.import}.`);
        const { lineages, own } = await askedFor(subject, workspace, state.trials);
        const all = (await state.trials.list()).filter((trial) => lineages.includes(trial.lineage));
        const summaries: TrialsSummary[] = [];
        for (const lineage of lineages) {
          const records = all.filter((trial) => trial.lineage === lineage);
          summaries.push(summarizeTrials(lineage, await state.trials.representatives(lineage), records));
        }
        if (lineages.length === 0) terminal.say("Nothing was tried yet. Start with: truewind demo");
        summaries.forEach((summary, i) => {
          if (i > 0) terminal.say();
          for (const line of trialLines(summary, own)) terminal.say(line);
        });
        if (options.export !== undefined) {
          writeWhole(options.export, trialsAsText(options.export, all));
          terminal.say();
          terminal.say(`${counted(all.length, "record")} written to ${options.export}.`);
        }
        terminal.result({ experiment: own, imported, datasets: summaries });
      } finally {
        await state.close();
      }
    });
}

/** Throws `no-such-dataset` or `no-such-file` when the word names nothing. */
async function askedFor(subject: string | undefined, workspace: Workspace, ledger: TrialLedger): Promise<Asked> {
  const known = await ledger.lineages();
  if (subject === undefined) return { lineages: known, own: null };
  // As `truewind runs` shows data.
  const shown = known.filter((lineage) => subject.length >= 8 && lineage.startsWith(subject));
  if (shown.length === 1) return { lineages: shown, own: null };
  if (!existsSync(subject)) {
    if (/\.ya?ml$/i.test(subject))
      throw new TruewindError("no-such-file", `Cannot read ${subject}: there is no such file. Check the path.`);
    return { lineages: [(await openDataset(workspace.lake, subject)).manifest.lineage], own: null };
  }
  const raw = readYaml(subject);
  if (isTableExperiment(raw)) {
    const experiment = parseTableExperiment(raw, subject);
    const { hash } = await digestTableFile(tableFileOf(experiment, subject, undefined));
    return { lineages: [hash], own: tableExperimentHash(experiment) };
  }
  const { experiment, dataset } = await openNamed(workspace, readExperiment(subject));
  return { lineages: [dataset.manifest.lineage], own: experimentHash(experiment) };
}
