// One instrument's features over the bars of a dataset, as a run would see them bar by bar: for a picture, or to look at values.
import { loadFactColumns, mergeTold, type OpenFactSet } from "#data/facts/told.js";
import type { OpenDataset } from "#data/lake/open-dataset.js";
import { TruewindError } from "#base/errors.js";
import type { ToldEvents } from "#domain/fact.js";
import type { InstrumentId } from "#domain/instrument.js";
import type { EventBatch } from "#domain/market.js";
import type { Micros } from "#domain/time.js";
import type { FeatureDefinition } from "#features/language/definition.js";
import { factFields } from "#features/language/fact-fields.js";
import { isCross } from "#features/language/node.js";
import type { FeaturePlan } from "#ports/stages.js";
import { type PeerSymbols, planOfDataset } from "../modes/plan-of-dataset.js";

export interface Evaluation {
  /** End of each bar of the instrument, Micros. */
  readonly at: readonly number[];
  readonly close: readonly number[];
  /** Per feature, one value per bar; NaN: not known. */
  readonly values: readonly (readonly number[])[];
}

export interface EvaluateOptions {
  readonly symbol: string;
  readonly peers?: PeerSymbols;
  readonly factSets?: readonly OpenFactSet[];
  /** Bars read of all bars. */
  readonly onProgress?: (done: number) => void;
  readonly signal?: AbortSignal;
}

/** Throws `bad-config` for a symbol that the dataset does not have or a dataset without bars, and `interrupted`. */
export async function evaluateFeatures(
  dataset: OpenDataset,
  definitions: readonly FeatureDefinition[],
  options: EvaluateOptions,
): Promise<Evaluation> {
  const { manifest } = dataset;
  if (manifest.kind !== "bar")
    throw new TruewindError("bad-config", `Dataset ${manifest.name} holds ${manifest.kind}s; features need bars.`);
  // Others are read only when a formula looks at them.
  const together = definitions.some(({ expr, joint }) => isCross(expr) || joint);
  const selection = together ? {} : { instruments: [options.symbol as InstrumentId] };
  const instruments = dataset.instruments(selection);
  const rowOf = new Map(instruments.map(({ id }, row) => [id as string, row]));
  const row = rowOf.get(options.symbol);
  if (row === undefined)
    throw new TruewindError("bad-config", `Dataset ${manifest.name} has no ${options.symbol}: choose among its symbols.`);
  const missing = Object.values(options.peers ?? {}).filter((symbol) => together && !rowOf.has(symbol));
  if (missing.length > 0)
    throw new TruewindError("bad-config", `Dataset ${manifest.name} has no ${missing.join(", ")} to look at: choose among its symbols.`);
  const fields = factFields(definitions.map(({ expr }) => expr));
  const facts = await loadFactColumns(options.factSets ?? [], fields, instruments);
  const plan = planOfDataset(manifest, instruments, definitions, options.peers ?? {});
  return follow(dataset, plan, row, selection, mergeTold(dataset.references(selection), facts), options);
}

async function follow(
  dataset: OpenDataset,
  plan: FeaturePlan,
  row: number,
  selection: { readonly instruments?: readonly InstrumentId[] },
  told: ToldEvents,
  { onProgress, signal }: EvaluateOptions,
): Promise<Evaluation> {
  const at: number[] = [];
  const close: number[] = [];
  const values: number[][] = plan.features.map(() => []);
  let next = 0;
  let done = 0;
  const moment = (batch: EventBatch, start: number, end: number): void => {
    const now = batch.seenAt[start] as Micros;
    for (let event = told.at(next); event !== undefined && event.seenAt <= now; event = told.at(++next)) {
      if (event.kind === "split" || event.kind === "dividend" || event.kind === "fact") plan.reference(event);
    }
    plan.advance(batch, start, end);
    for (let r = start; r < end; r++) {
      if (batch.kind !== "bar" || batch.instrument[r] !== row) continue;
      const frame = plan.frame(now, batch.at[r] as Micros);
      at.push(batch.at[r] as number);
      close.push(batch.close[r] as number);
      values.forEach((column, f) => column.push(frame.values[row * values.length + f] as number));
    }
  };
  for await (const batch of dataset.source(selection).batches(0)) {
    if (signal?.aborted === true) throw new TruewindError("interrupted", "Stopped while features were computed; run it again.");
    for (let start = 0, end = 0; start < batch.length; start = end) {
      while (end < batch.length && batch.seenAt[end] === batch.seenAt[start]) end++;
      moment(batch, start, end);
    }
    done += batch.length;
    onProgress?.(Math.min(1, done / dataset.manifest.rows));
  }
  return { at, close, values };
}
