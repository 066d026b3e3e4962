// Fits an ensemble: every member once per block without the block, to learn what it says of samples it has not seen; then on all of them, to
// be kept; then the weights. What is finished is kept in the checkpoint, part by part.
import { createHash } from "node:crypto";
import { ByteReader, ByteWriter } from "#base/bytes.js";
import { TruewindError } from "#base/errors.js";
import { canonicalJson } from "#base/hash.js";
import type { HeldOut } from "#models/samples/hold-out.js";
import { momentStarts } from "#models/samples/moments.js";
import { opineSamples } from "#models/samples/opine-samples.js";
import { usableFolds } from "#models/samples/purged-folds.js";
import { samplesAt } from "#models/samples/subset.js";
import type { FitContext, FittedModel, Opinion, TrainingSet } from "#ports/model.js";
import { openWork } from "./checkpoint.js";
import { combine } from "./combination.js";
import type { EnsembleConfig, Part } from "./config.js";
import { type EnsembleModel, toEnsembleModel } from "./ensemble-model.js";
import type { Evidence } from "./evidence.js";
import { meanOfKnown } from "./regime.js";
import { learn } from "./learn.js";
import { reportOf } from "./report.js";

/** Throws `no-data` where no block leaves anything to learn from, `bad-config`, `interrupted`, and what members throw, with their name. */
export async function fitEnsemble(config: EnsembleConfig, train: TrainingSet, context: FitContext): Promise<EnsembleModel> {
  const column = config.regime === null ? -1 : train.features.indexOf(config.regime);
  if (config.regime !== null && column < 0)
    throw new TruewindError(
      "bad-config",
      `ensemble: its regime is to be ${config.regime}, which is none of the model's ${train.features.length} features: add it to features, or name another.`,
    );
  const folds = foldsOf(config, train);
  const work = openWork(context.checkpoint, context.checkpoint === undefined ? "" : fingerprintOf(config, train, context));
  const { members } = config;
  const parts = members.length * (folds.length + 1);
  const said: Opinion[][] = [];
  const models: FittedModel[] = [];
  for (const [m, member] of members.entries()) {
    const each: Opinion[] = [];
    const run = async (fold: number): Promise<FittedModel> => {
      const held = folds[fold];
      const label = held === undefined ? member.name : `${member.name}/fold-${fold}`;
      const done = m * (folds.length + 1) + fold;
      return named(member, held === undefined ? "" : ` on block ${fold + 1} of ${folds.length}`, () =>
        member.family.fit(member.config, held === undefined ? train : samplesAt(train, held.training), {
          ...context,
          exchange: undefined, // processes share one net, not its neighbors
          checkpoint: work.store(label),
          rng: context.rng.fork(label),
          onProgress: (part, metrics) => context.onProgress((done + part) / (parts + 1), metrics),
        }),
      );
    };
    for (const [fold, { validation }] of folds.entries()) {
      stopIfAsked(context, member);
      const label = `${member.name}/fold-${fold}`;
      const kept = work.done(label);
      const opinion = kept === null ? await opineSamples(await run(fold), train, validation) : readOpinion(kept);
      if (kept === null) work.finish(label, writeOpinion(opinion));
      each.push(opinion);
    }
    said.push(each);
    stopIfAsked(context, member);
    const kept = work.done(member.name);
    const model = kept === null ? await run(folds.length) : member.family.load(kept);
    if (kept === null) work.finish(member.name, model.save());
    models.push(model);
  }
  const evidence = evidenceOf(train, folds, said, column);
  const learned = await learn(config, evidence);
  const { combination, voices } = learned;
  const { weights } = await combine(combination, voices, evidence.members, Number.NaN);
  const names = members.map(({ name, family }) => ({ name, family: family.name }));
  const report = await reportOf(names, config, evidence, learned, weights);
  context.onProgress(1, {});
  return toEnsembleModel({
    features: train.features,
    members: models.map((model, m) => ({ name: (members[m] as Part).name, model })),
    combination,
    voices,
    report,
  });
}

function foldsOf({ folds }: EnsembleConfig, train: TrainingSet): readonly HeldOut[] {
  const usable = usableFolds(train, folds);
  if (usable.length > 0) return usable;
  throw new TruewindError(
    "no-data",
    `ensemble has ${train.rows} training samples, and no block of them leaves others to learn from whose labels do not overlap with it: start the training earlier.`,
  );
}

function stopIfAsked({ signal, checkpoint }: FitContext, { name }: Part): void {
  if (signal?.aborted !== true) return;
  const kept = checkpoint === undefined ? "nothing of it is kept" : "give the same command again, and it goes on from there";
  throw new TruewindError("interrupted", `Stopped at member "${name}" of the ensemble; ${kept}.`);
}

async function named<T>({ name }: Part, where: string, fit: () => Promise<T>): Promise<T> {
  try {
    return await fit();
  } catch (error) {
    if (!(error instanceof TruewindError) || error.code === "interrupted") throw error;
    throw new TruewindError(error.code, `Member "${name}" of the ensemble could not be fitted${where}: ${error.message}`, { cause: error });
  }
}

function evidenceOf(train: TrainingSet, folds: readonly HeldOut[], said: readonly (readonly Opinion[])[], column: number): Evidence {
  const rows = Int32Array.from(folds.flatMap(({ validation }) => [...validation]));
  const take = (values: Float64Array): Float64Array => Float64Array.from(rows, (row) => values[row] as number);
  const starts = momentStarts(rows, train.asOf);
  const moments = starts.subarray(0, -1);
  const labelEndAt = take(train.labelEndAt);
  const blockOf = folds.flatMap(({ validation }, block) => new Array<number>(validation.length).fill(block));
  const k = train.features.length;
  const overRows = (values: (at: number) => number) =>
    Float64Array.from(moments, (from, t) => {
      let out = Number.NEGATIVE_INFINITY;
      for (let at = from; at < (starts[t + 1] as number); at++) out = Math.max(out, values(at));
      return out;
    });
  return {
    facts: {
      features: train.features,
      rows: rows.length,
      y: take(train.y),
      asOf: take(train.asOf),
      labelEndAt,
      weight: train.weight === null ? null : take(train.weight),
    },
    members: said.map(together),
    starts,
    at: Float64Array.from(moments, (from) => train.asOf[rows[from] as number] as number),
    endsAt: overRows((at) => labelEndAt[at] as number),
    block: Int32Array.from(moments, (from) => blockOf[from] as number),
    regime: Float64Array.from(moments, (from, t) =>
      column < 0 ? Number.NaN : meanOfKnown(rows.subarray(from, starts[t + 1]), (row) => train.x[row * k + column] as number),
    ),
  };
}

/** Opinions of one member on the blocks, one behind the other. */
function together(each: readonly Opinion[]): Opinion {
  const join = (part: (opinion: Opinion) => Float64Array): Float64Array => Float64Array.from(each.flatMap((one) => [...part(one)]));
  const unknown = ({ expectedReturn }: Opinion): Float64Array => new Float64Array(expectedReturn.length).fill(Number.NaN);
  return {
    expectedReturn: join((one) => one.expectedReturn),
    uncertainty: each.every(({ uncertainty }) => uncertainty === null) ? null : join((one) => one.uncertainty ?? unknown(one)),
    confidence: null,
  };
}

function writeOpinion({ expectedReturn, uncertainty }: Opinion): Uint8Array {
  const writer = new ByteWriter(1 << 16).f64s(expectedReturn).u8(uncertainty === null ? 0 : 1);
  if (uncertainty !== null) writer.f64s(uncertainty);
  return writer.finish();
}

function readOpinion(bytes: Uint8Array): Opinion {
  const reader = new ByteReader(bytes);
  const expectedReturn = reader.f64s();
  return { expectedReturn, uncertainty: reader.u8() === 0 ? null : reader.f64s(), confidence: null };
}

/** What a checkpoint must have been made with. */
function fingerprintOf({ settings }: EnsembleConfig, train: TrainingSet, { rng, threads }: FitContext): string {
  const hash = createHash("sha256");
  const { features, y, asOf, labelEndAt, weight, past } = train;
  hash.update(canonicalJson({ settings, features, seed: rng.fork("fingerprint").next(), threads: threads ?? 1 }));
  for (const array of [y, asOf, labelEndAt, ...(weight === null ? [] : [weight]), ...(past === null ? [train.x] : [past.x, past.cell])])
    hash.update(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
  return hash.digest("hex");
}
