// From a recorded order book to predictions of the book net: the way is tested, not the skill, of which minutes of one day can show nothing.
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { createRng } from "#base/rng.js";
import { openRecordings } from "#data/books/recording.js";
import type { FeatureFrame } from "#domain/frame.js";
import { BOOK_LEVELS } from "#domain/market.js";
import type { Micros } from "#domain/time.js";
import { neural } from "#models/neural/family.js";
import { toNeuralModel } from "#models/neural/predict.js";
import type { FittedModel, SampleSource } from "#ports/model.js";
import { sharedData } from "#test/needs.js";

const found = sharedData();
const STEPS = 100;
/** Updates of the book over which the label looks ahead, and between two samples. */
const AHEAD = 20;
const EVERY = 8;
const SIDES = ["ask-price", "ask-size", "bid-price", "bid-size"] as const;
const features = Array.from({ length: BOOK_LEVELS }, (_, level) => SIDES.map((side) => `${side}-${level + 1}`)).flat();
const WIDTH = features.length;

interface Books {
  /** `[update][level][side]`: the columns of the features. */
  readonly rows: Float32Array;
  readonly mid: Float64Array;
  readonly seenAt: Float64Array;
}

async function replay(path: string): Promise<Books> {
  const [recording] = await openRecordings([path], { heal: false });
  const rows: number[] = [];
  const mid: number[] = [];
  const seenAt: number[] = [];
  for await (const batch of recording?.batches(0) ?? []) {
    if (batch.kind !== "book") continue;
    const columns = [batch.askPrice, batch.askSize, batch.bidPrice, batch.bidSize];
    for (let row = 0; row < batch.length; row++) {
      for (let level = 0; level < BOOK_LEVELS; level++)
        for (const column of columns) rows.push(column[row * BOOK_LEVELS + level] as number);
      mid.push(((batch.askPrice[row * BOOK_LEVELS] as number) + (batch.bidPrice[row * BOOK_LEVELS] as number)) / 2);
      seenAt.push(batch.seenAt[row] as number);
    }
  }
  return { rows: Float32Array.from(rows), mid: Float64Array.from(mid), seenAt: Float64Array.from(seenAt) };
}

/** A sample ends at an update: its window are the books up to it, its label is the move of the mid afterwards, in basis points. */
function samplesAt({ rows, mid, seenAt }: Books, ends: readonly number[]): SampleSource {
  return {
    features,
    rows: ends.length,
    asOf: Float64Array.from(ends, (end) => seenAt[end] as number),
    labelEndAt: Float64Array.from(ends, (end) => seenAt[end + AHEAD] as number),
    y: Float64Array.from(ends, (end) => 1e4 * Math.log((mid[end + AHEAD] as number) / (mid[end] as number))),
    weight: null,
    gather(samples, steps, out) {
      samples.forEach((sample, i) => {
        const end = (ends[sample] as number) + 1;
        out.set(rows.subarray((end - steps) * WIDTH, end * WIDTH), i * steps * WIDTH);
      });
    },
  };
}

/** The windows as instruments of one frame. */
function frameOf(source: SampleSource): FeatureFrame {
  const { rows } = source;
  const values = new Float32Array(rows * STEPS * WIDTH);
  source.gather(
    Int32Array.from({ length: rows }, (_, i) => i),
    STEPS,
    values,
  );
  const newest = new Float64Array(rows * WIDTH);
  for (let i = 0; i < rows; i++) newest.set(values.subarray(((i + 1) * STEPS - 1) * WIDTH, (i + 1) * STEPS * WIDTH), i * WIDTH);
  const here = new Uint8Array(rows).fill(1);
  return {
    asOf: source.asOf[rows - 1] as Micros,
    instruments: rows,
    features,
    values: newest,
    fresh: here,
    member: here,
    history: { steps: STEPS, values },
  };
}

describe.skipIf(found === null)("the book net on a recording of Binance", () => {
  let books: Books;
  let training: SampleSource;
  let validation: SampleSource;
  beforeAll(async () => {
    books = await replay(join(found as string, "lob_crypto_binance_raw/spot/ethusdt_20240808.gz"));
    const ends: number[] = [];
    for (let end = STEPS - 1; end + AHEAD < books.mid.length; end += EVERY) {
      const window = books.rows.subarray((end - STEPS + 1) * WIDTH, (end + 1) * WIDTH);
      if (window.every(Number.isFinite)) ends.push(end);
    }
    const first = Math.floor(ends.length * 0.8);
    const begins = books.seenAt[ends[first] as number] as number;
    const learned = ends.slice(0, first).filter((end) => (books.seenAt[end + AHEAD] as number) <= begins);
    training = samplesAt(books, learned);
    validation = samplesAt(books, ends.slice(first));
  });

  it("gets 40 columns per update, in its order: asks rise, bids fall, the best stand first", () => {
    expect(WIDTH).toBe(40);
    expect(books.mid.length).toBe(3_435);
    expect(training.rows + validation.rows).toBeGreaterThan(380);
    let wrong = 0;
    let hidden = 0;
    for (let row = 0; row < books.mid.length; row++) {
      if (Number.isNaN(books.mid[row])) {
        hidden++;
        continue;
      }
      const at = (level: number, side: number): number => books.rows[row * WIDTH + level * SIDES.length + side] as number;
      if (!(at(0, 2) < at(0, 0))) wrong++;
      for (let level = 1; level < BOOK_LEVELS; level++)
        if (!(at(level, 0) > at(level - 1, 0) && at(level, 2) < at(level - 1, 2) && at(level, 1) > 0 && at(level, 3) > 0)) wrong++;
    }
    expect(wrong).toBe(0);
    // Before the first snapshot.
    expect(hidden).toBe(2);
  });

  it("is trained, saved, loaded and asked: the same bits, and the past of a book counts", async () => {
    const config = neural.parseConfig({ net: "deep-lob", options: { channels: 4, units: 8 }, training: { epochs: 3, batch: 32 } });
    expect(config.steps).toBe(STEPS);
    const fit = (): Promise<FittedModel> =>
      neural.fitSamples?.(config, training, validation, { rng: createRng("book net"), onProgress: () => undefined }) ??
      expect.unreachable();
    const model = await fit();
    const { history } = toNeuralModel(model.save()).card;
    expect(history.at(-1)?.loss).toBeLessThan(history[0]?.loss as number);
    expect(Buffer.compare(model.save(), (await fit()).save())).toBe(0);

    const frame = frameOf(validation);
    const scores = Float64Array.from(await model.predict(frame));
    expect(scores.every(Number.isFinite)).toBe(true);
    expect(new Set(scores).size).toBeGreaterThan(validation.rows / 2);
    expect(await neural.load(model.save()).predict(frame)).toEqual(scores);

    // The size at the best ask, of the newest book and of one before. (What lies a hundred updates back has faded out of so small a net.)
    for (const step of [STEPS - 10, STEPS - 1]) {
      const values = (frame.history as { values: Float32Array }).values.slice();
      for (let i = 0; i < frame.instruments; i++) values[(i * STEPS + step) * WIDTH + 1] = 0;
      const altered = await model.predict({ ...frame, history: { steps: STEPS, values } });
      expect(altered.filter((score, i) => score !== scores[i]).length).toBeGreaterThan(0);
    }
  });
});
