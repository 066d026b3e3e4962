// The verb behind `truewind predict`: a table, a trained model of tables, and a CSV of predictions. Reads of each row its time and
// instrument only: its label and its own features never come near the model.
import { closeSync, existsSync, openSync, renameSync, rmSync, statSync, writeSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { TruewindError } from "#base/errors.js";
import { createRng } from "#base/rng.js";
import { type Table, openTable } from "#data/table/row-file.js";
import { createWindows, instrumentOf, type PastRows } from "#data/table/windows.js";
import { DAY_US, type IsoDate, type Micros, dayNumber, formatMicros, utcDate } from "#domain/time.js";
import { modelFamily } from "#models/registry/families.js";
import type { FittedModel } from "#ports/model.js";
import type { Interval } from "#research/metrics/day-bootstrap.js";
import type { Workspace } from "../config/workspace.js";
import type { Metrics, TableModelCard } from "./card.js";
import type { ImportedModelCard } from "./import-model.js";
import { type Labeled, daysIn, intervalOf, measure, probabilityOf } from "./measure.js";
import { CARD_FILE, type ModelFolder, findModelFolder, pastFromBytes, readArtifact, readCard } from "./model-folder.js";
import { meanOf } from "./report-splits.js";
import { opineRows, rowsInTime } from "./score-rows.js";
import { type Sureness, surenessOf } from "./sureness.js";
import type { TrainHooks } from "./train-hooks.js";

export interface PredictOptions {
  readonly workspace: Workspace;
  /** Id, beginning of an id, or path. */
  readonly model: string;
  readonly data: string;
  readonly out: string;
  readonly perSeed: boolean;
}

export interface Predicted {
  readonly folder: ModelFolder;
  readonly card: TableModelCard | ImportedModelCard;
  readonly rows: number;
  /** Rows without any past: their cells are empty. */
  readonly unanswered: number;
  /** Against the labels of the file, where it has them. */
  readonly measured: {
    readonly samples: number;
    readonly days: number;
    readonly metrics: Metrics;
    readonly interval: Interval | null;
  } | null;
  /** What the reader should know, in sentences. */
  readonly notes: readonly string[];
}

/** A newest past row that lies further back is told of. */
const STALE_DAYS = 7;

/** Throws `bad-usage` where the output cannot lie, `no-such-model`, `no-such-file`, `bad-file`, `corrupt-artifact`, `interrupted`. The output is written whole or not at all. */
export async function performPredict(options: PredictOptions, { onProgress, signal }: TrainHooks): Promise<Predicted> {
  refuseOutput(options.out);
  const folder = findModelFolder(options.workspace, options.model);
  const card = cardOfTables(folder);
  const { lag, time, instrument, features, label, task } = card.kind === "imported" ? card.table : card.experiment.table;
  const models = card.seeds.map(({ artifact, hash }) => modelFamily(card.family).load(readArtifact(folder, artifact, hash)));
  for (const model of models) refuseOtherFeatures(model, features, folder);
  // Who trained a model elsewhere kept no rows: its first predictions have the file's own past alone.
  const past: ReadonlyMap<string, PastRows> =
    card.kind === "imported" ? new Map() : pastFromBytes(readArtifact(folder, card.past.file, card.past.hash));
  const columns = { time, instrument, features, label };
  const table = await openTable(options.data, columns, {
    cache: join(options.workspace.root, "tables"),
    labelOptional: true,
    signal,
    onProgress: (done) => onProgress("reading the table", done, {}),
  });
  try {
    const windows = createWindows(table, lag, past);
    const rows = rowsInTime(table);
    const opinions = await opineRows(table, windows, rows, models, (done) => onProgress("predicting", done, {}), signal);
    const scores = opinions.map(({ expectedReturn }) => expectedReturn);
    const ensemble = meanOf(scores);
    writePredictions(options.out, table, rows, scores, ensemble, surenessOf(opinions, ensemble), task === "direction", options.perSeed);
    const labeled = labelsOf(table, rows, ensemble, task);
    return {
      folder,
      card,
      rows: rows.length,
      unanswered: ensemble.reduce((count, score) => count + (Number.isNaN(score) ? 1 : 0), 0),
      measured:
        labeled === null
          ? null
          : {
              samples: labeled.scores.length,
              days: daysIn(labeled.times),
              metrics: measure(labeled, labeled.scores),
              interval: intervalOf(labeled, labeled.scores, createRng("intervals/predict")),
            },
      notes: card.kind === "imported" ? [] : staleness(table, rows, card),
    };
  } finally {
    table.close();
  }
}

/** Told before hours of work and not after them. */
function refuseOutput(out: string): void {
  const folder = dirname(resolve(out));
  if (!existsSync(folder)) throw new TruewindError("bad-usage", `Predictions cannot be written to ${out}: there is no folder ${folder}.`);
  if (statSync(out, { throwIfNoEntry: false })?.isDirectory() === true)
    throw new TruewindError("bad-usage", `Predictions cannot be written to ${out}: it is a folder, and --out names a file.`);
}

function cardOfTables(folder: ModelFolder): TableModelCard | ImportedModelCard {
  const card = (readCard(folder) ?? {}) as {
    readonly kind?: string;
    readonly table?: unknown;
    readonly experiment?: { readonly table?: unknown };
    readonly seeds?: unknown;
    readonly past?: unknown;
  };
  if (card.kind === "study")
    throw new TruewindError(
      "bad-usage",
      `${folder.id} was trained on a dataset of the lake: it predicts in backtest and paper, not tables.`,
    );
  const table = card.kind === "imported" ? card.table : card.experiment?.table;
  if (table === undefined || card.seeds === undefined || (card.kind === "table" && card.past === undefined))
    throw new TruewindError("corrupt-artifact", `${folder.file(CARD_FILE)} is no card of a model: train or import the model again.`);
  return card as unknown as TableModelCard | ImportedModelCard;
}

function refuseOtherFeatures(model: FittedModel, features: readonly string[], folder: ModelFolder): void {
  if (model.features.length === features.length && model.features.every((name, i) => name === features[i])) return;
  throw new TruewindError(
    "corrupt-artifact",
    `The model in ${folder.path} was trained on ${model.features.length} features (${model.features.slice(0, 5).join(", ")}, …), and its card names others: train it again.`,
  );
}

function labelsOf(
  table: Table,
  rows: Int32Array,
  ensemble: Float64Array,
  task: Labeled["task"],
): (Labeled & { scores: Float64Array }) | null {
  const { labels, times } = table;
  if (labels === null) return null;
  const isLabel = (label: number): boolean => (task === "value" ? !Number.isNaN(label) : label === 1 || label === -1);
  const keep = [...rows.keys()].filter((i) => isLabel(labels[rows[i] as number] as number) && !Number.isNaN(ensemble[i]));
  if (keep.length === 0) return null;
  const pick = (value: (i: number) => number): Float64Array => Float64Array.from(keep, value);
  return {
    task,
    times: pick((i) => times[rows[i] as number] as number),
    labels: pick((i) => labels[rows[i] as number] as number),
    scores: pick((i) => ensemble[i] as number),
  };
}

/** Columns: date, symbol, for directions direction and probability, score, confidence and uncertainty where told, and one per seed when wanted. By time, then instrument. */
function writePredictions(
  out: string,
  table: Table,
  rows: Int32Array,
  seeds: readonly Float64Array[],
  ensemble: Float64Array,
  { confidence, uncertainty }: Sureness,
  direction: boolean,
  perSeed: boolean,
): void {
  const day = table.knownAfter > 0 ? utcDate : formatMicros;
  const names = [
    "date",
    "symbol",
    ...(direction ? ["direction", "probability"] : []),
    "score",
    ...(confidence === null ? [] : ["confidence"]),
    ...(uncertainty === null ? [] : ["uncertainty"]),
    ...(perSeed ? seeds.map((_, i) => `seed_${i + 1}`) : []),
  ];
  const cell = (value: number): string => (Number.isNaN(value) ? "" : String(value));
  const part = `${out}.part`;
  const fd = openSync(part, "w");
  try {
    let lines = [names.join(",")];
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i] as number;
      const score = ensemble[i] as number;
      const symbol = table.instruments[instrumentOf(table, row)] as string;
      const called = Number.isNaN(score) ? ["", ""] : [score >= 0 ? "1" : "-1", String(probabilityOf(score))];
      const sure = [confidence, uncertainty].flatMap((values) => (values === null ? [] : [cell(values[i] as number)]));
      const cells = [day(table.times[row] as Micros), quoted(symbol), ...(direction ? called : []), cell(score), ...sure];
      lines.push([...cells, ...(perSeed ? seeds.map((scores) => cell(scores[i] as number)) : [])].join(","));
      if (lines.length >= 10_000) {
        writeSync(fd, `${lines.join("\n")}\n`);
        lines = [];
      }
    }
    if (lines.length > 0) writeSync(fd, `${lines.join("\n")}\n`);
    closeSync(fd);
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  }
  renameSync(part, out);
}

function quoted(text: string): string {
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A file that begins long after the model's own past leaves a hole in front of its first predictions. */
function staleness(table: Table, rows: Int32Array, { dataTo }: TableModelCard): readonly string[] {
  const first = table.times[rows[0] as number];
  if (first === undefined) return [];
  const gap = Math.floor(first / DAY_US) - dayNumber(dataTo as IsoDate);
  if (gap <= STALE_DAYS) return [];
  return [
    `The file begins on ${utcDate(first as Micros)}, ${gap} days after the newest row that the model has seen (${dataTo}): its first predictions look over that hole. Add the rows between.`,
  ];
}
