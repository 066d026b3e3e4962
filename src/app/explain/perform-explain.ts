// The verb behind `truewind explain`: finds what is meant, explains it, keeps the explanation beside it and draws the page.
import { join } from "node:path";
import { readJournal } from "#adapters/stores/journal/journal.js";
import { TruewindError } from "#base/errors.js";
import type { SymbolNames } from "#data/names/name-key.js";
import { openTable } from "#data/table/row-file.js";
import type { DecisionAttribution } from "#domain/attribution.js";
import type { InstrumentIx } from "#domain/instrument.js";
import { type Micros, formatMicros } from "#domain/time.js";
import { accuracyOf, type MethodName } from "#models/explain/explainer-of.js";
import type { Method } from "#models/explain/explainer.js";
import { modelFamily } from "#models/registry/families.js";
import { labelUnit, predictionWords } from "../config/label-words.js";
import type { Workspace } from "../config/workspace.js";
import { aliasFor } from "../names/open-experiment.js";
import type { DecisionExplanation, Explanation, OverallExplanation } from "../report/explanation.js";
import { JOURNAL_FILE } from "../runs/run-folder.js";
import { pastFromBytes, readArtifact } from "../training/model-folder.js";
import { explainDecision, predictionsOf } from "./explain-decision.js";
import { explainOverall } from "./explain-overall.js";
import { keepExplanation } from "./explanation-file.js";
import { findMoment } from "./moments.js";
import * as studies from "./study-subject.js";
import { findSubject, type Subject, studyOf } from "./subject.js";
import * as tables from "./table-subject.js";

export interface ExplainOptions {
  readonly workspace: Workspace;
  /** A run or a model: id, beginning of an id, or (models) path. */
  readonly name: string;
  /** A day or time; null explains the whole. */
  readonly moment: string | null;
  /** Null: the names that were traded, or those with the highest and lowest predictions. */
  readonly instrument: string | null;
  /** Rows for models of tables. */
  readonly data: string | null;
  readonly method: MethodName;
}

export interface Explained {
  readonly explanation: Explanation;
  /** What was asked for now. */
  readonly asked: OverallExplanation | DecisionExplanation;
  /** The page that shows it. */
  readonly page: string;
}

const MOST_NAMES = 10;

/** Throws `no-such-run`, `no-such-model`, `bad-usage`, `no-data`, `data-changed`, `interrupted`; each says what there is. */
export async function performExplain(options: ExplainOptions, hooks: studies.StudyHooks): Promise<Explained> {
  const subject = findSubject(options.workspace, options.name);
  if (subject.kind === "table") return explainTable(subject, options, hooks);
  if (options.data !== null)
    throw new TruewindError("bad-usage", `--data is for models of tables: ${subject.folder.id} has its own dataset.`);
  if (options.moment !== null && subject.kind === "run" && subject.mode === "paper") return explainPaper(subject, options);
  const { ran, folds } = studyOf(subject);
  const study = await studies.openStudySubject(options.workspace, ran, folds);
  const { experiment } = study;
  if (options.moment === null) {
    const groups = new Map(study.universe.features.map(({ name, group }) => [name, group]));
    const overall = await explainOverall({
      features: study.universe.features.map(({ name }) => name),
      groupOf: (feature) => groups.get(feature) ?? "own",
      parts: await studies.overallPartsOf(study, hooks),
      method: options.method,
      sample: "out of sample",
      unit: labelUnit(experiment.label) === null ? "return" : "number",
      ...hooks,
    });
    return { ...keepExplanation(subject, { overall }), asked: overall };
  }
  const moments = studies.momentsOf(study);
  const at = (moments[findMoment(options.moment, moments, subject.folder.id)] as { at: Micros }).at;
  const { frame, fold } = await studies.frameAt(study, at, hooks);
  const ids = study.universe.instruments.map(({ id }) => id as string);
  const orders = subject.kind === "run" ? studies.ordersAt(subject.folder.file(JOURNAL_FILE), at) : null;
  const predictions = await predictionsOf(fold.models, frame);
  const decision = await explainDecision({
    frame,
    models: fold.models,
    modelId: fold.id,
    ids,
    names: namesWanted(wantedOf(options, study.names), ids, predictions, orders, options.moment),
    background: null,
    method: options.method,
    ...predictionWords(experiment.label, study.universe.dataset.manifest.barInterval === "1d" ? "session" : "bar"),
    lots: orders === null ? null : (instrument) => orders.get(instrument) ?? 0,
  });
  return { ...keepExplanation(subject, { decision }), asked: decision };
}

/** What the session journaled; what it did not trade, it did not explain. */
async function explainPaper(subject: Extract<Subject, { kind: "run" }>, options: ExplainOptions): Promise<Explained> {
  const { folder, header } = subject;
  const { experiment } = header;
  const journal = folder.file(JOURNAL_FILE);
  const told: DecisionAttribution[] = [];
  for (const entry of readJournal(journal)) if (entry.kind === "attribution") told.push(entry.attribution);
  if (told.length === 0)
    throw new TruewindError(
      "no-data",
      `The journal of ${folder.id} gives no reasons: its session traded nothing, or an older Truewind wrote it.`,
    );
  const known = told.map(({ asOf }) => ({ at: asOf, day: formatMicros(asOf).slice(0, 10) }));
  const attribution = told[findMoment(options.moment ?? "", known, folder.id)] as DecisionAttribution;
  const { ids, names } = await studies.instrumentsOf(options.workspace, { experiment, names: header.names });
  const orders = studies.ordersAt(journal, attribution.asOf);
  const decision = journaledDecision(attribution, ids, orders, predictionWords(experiment.label, "session"), wantedOf(options, names));
  return { ...keepExplanation(subject, { decision }), asked: decision };
}

/** The instrument that was asked for, as the run calls it; null: none was. */
function wantedOf({ instrument }: ExplainOptions, names: SymbolNames | null): string | null {
  return instrument === null ? null : aliasFor(names, instrument);
}

function journaledDecision(
  { asOf, model, basis, names, left, trouble }: DecisionAttribution,
  ids: readonly string[],
  orders: ReadonlyMap<InstrumentIx, number> | null,
  words: ReturnType<typeof predictionWords>,
  instrument: string | null,
): DecisionExplanation {
  const chosen = names.filter((name) => instrument === null || ids[name.instrument] === instrument);
  if (instrument !== null && chosen.length === 0) {
    const traded = names.map((name) => ids[name.instrument]).join(", ");
    throw new TruewindError(
      "bad-usage",
      `${instrument} was not traded at ${formatMicros(asOf)}, or its reasons were beyond the budget: the journal gives reasons for ${traded === "" ? "no name" : traded}.`,
    );
  }
  return {
    asOf: formatMicros(asOf),
    model,
    family: model.split("-")[0] ?? model,
    way: basis === null ? null : { ...basis, accuracy: accuracyOf({ method: basis.method as Method, exact: basis.exact }) },
    ...words,
    compared: basis === null ? "all names" : `${basis.background} names of that moment`,
    journaled: true,
    names: chosen.map(({ instrument: row, ...rest }) => ({
      ...rest,
      instrument: ids[row] as string,
      lots: orders?.get(row) ?? 0,
      attention: [],
    })),
    left: instrument === null ? left : 0,
    trouble,
  };
}

async function explainTable(
  subject: Extract<Subject, { kind: "table" }>,
  options: ExplainOptions,
  { onProgress, signal }: studies.StudyHooks,
): Promise<Explained> {
  const { folder, card } = subject;
  const { workspace, data, moment, instrument, method } = options;
  if (data === null) throw new TruewindError("bad-usage", `${folder.id} is a model of tables: name rows to be explained with --data FILE.`);
  const { lag, time, instrument: column, features, label, task } = card.kind === "imported" ? card.table : card.experiment.table;
  const models = card.seeds.map(({ artifact, hash }) => modelFamily(card.family).load(readArtifact(folder, artifact, hash)));
  const past = card.kind === "imported" ? new Map() : pastFromBytes(readArtifact(folder, card.past.file, card.past.hash));
  const table = await openTable(
    data,
    { time, instrument: column, features, label },
    {
      cache: join(workspace.root, "tables"),
      labelOptional: true,
      signal,
      onProgress: (done) => onProgress("reading the table", done),
    },
  );
  try {
    const rows = tables.openTableSubject(table, lag, past, models);
    if (moment === null) {
      const { part, sample } = tables.overallPartOf(rows, card.kind === "imported" ? null : card.trainedOn.to);
      const overall = await explainOverall({
        features,
        groupOf: () => "columns",
        parts: [part],
        method,
        sample,
        unit: "number",
        onProgress,
        signal,
      });
      return { ...keepExplanation(subject, { overall }), asked: overall };
    }
    const moments = tables.momentsOf(rows);
    const { at } = moments[findMoment(moment, moments, data)] as { at: Micros };
    const { frame, ids } = tables.frameAt(rows, at);
    const predictions = await predictionsOf(models, frame);
    const decision = await explainDecision({
      frame,
      models,
      modelId: folder.id,
      ids,
      names: namesWanted(instrument, ids, predictions, null, moment),
      background: tables.backgroundOf(rows),
      method,
      unit: "number",
      ...(task === "direction"
        ? { verb: "is scored", horizon: "(twice its probability of a rise, less 1)" }
        : { verb: "is expected", horizon: `as its "${label}"` }),
      lots: null,
    });
    return { ...keepExplanation(subject, { decision }), asked: decision };
  } finally {
    table.close();
  }
}

/** The one that was asked for; else those traded, or the highest and lowest predictions. Throws `bad-usage` for one without a prediction. */
function namesWanted(
  instrument: string | null,
  ids: readonly string[],
  predictions: Float64Array,
  orders: ReadonlyMap<InstrumentIx, number> | null,
  moment: string,
): readonly InstrumentIx[] {
  const predicted = [...predictions.keys()].filter((i) => !Number.isNaN(predictions[i]));
  if (predicted.length === 0) throw new TruewindError("no-data", `At ${moment} no name has a prediction: nothing of any is known.`);
  const ranked = predicted.sort((a, b) => (predictions[b] as number) - (predictions[a] as number) || a - b) as InstrumentIx[];
  if (instrument !== null) {
    const row = ids.indexOf(instrument);
    if (row < 0 || Number.isNaN(predictions[row])) {
      const why =
        row < 0 ? `There is no ${instrument}` : `${instrument} has no prediction at ${moment}: it was no member, or nothing of it is known`;
      const some = ranked
        .slice(0, 8)
        .map((i) => ids[i])
        .join(", ");
      throw new TruewindError("bad-usage", `${why}; ${ranked.length} names have one: ${some}${ranked.length > 8 ? ", …" : ""}.`);
    }
    return [row as InstrumentIx];
  }
  const traded = ranked.filter((i) => (orders?.get(i) ?? 0) !== 0);
  if (traded.length > 0) return traded.length <= MOST_NAMES ? traded : ends(traded);
  return ranked.length <= MOST_NAMES ? ranked : ends(ranked);
}

function ends(names: readonly InstrumentIx[]): readonly InstrumentIx[] {
  return [...names.slice(0, MOST_NAMES / 2), ...names.slice(-MOST_NAMES / 2)];
}
