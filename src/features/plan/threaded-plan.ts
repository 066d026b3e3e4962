// The same plan on two threads: each computes some of the columns from all the bars, and a frame waits for both. A column depends on its own
// expression only, so the bits are those of one thread. The calls stay synchronous: a step of the engine never awaits its features.
import { createRequire } from "node:module";
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from "node:worker_threads";
import { ByteReader, ByteWriter } from "#base/bytes.js";
import { type ErrorCode, TruewindError } from "#base/errors.js";
import type { Dividend, Split } from "#domain/corporate-action.js";
import type { Fact } from "#domain/fact.js";
import type { FeatureFrame } from "#domain/frame.js";
import type { EventBatch } from "#domain/market.js";
import type { Micros } from "#domain/time.js";
import type { FeatureDefinition } from "#features/language/definition.js";
import type { FeaturePlan } from "#ports/stages.js";
import { shareColumns } from "./column-shares.js";
import { checkDefinitions, compileFeatures, type PlanOptions } from "./compile.js";

/** Cells of a frame from which a second thread pays: below, telling it the bars costs more than it saves. */
const LEAST_CELLS = 150_000;
const WAIT_MS = 1000;
/** Waits in a row without an answer after which the thread counts as lost. */
const PATIENCE = 300;

/** Words of shared memory: jobs that were told, and jobs that were done. */
export const Control = { told: 0, done: 1, words: 2 } as const;

export interface PlanThreadSetup {
  readonly definitions: readonly FeatureDefinition[];
  readonly options: PlanOptions;
  readonly control: Int32Array<SharedArrayBuffer>;
  /** Row-major `[instrument][feature of this thread]`. */
  readonly values: Float64Array<SharedArrayBuffer>;
  readonly port: MessagePort;
}

export type PlanJob =
  | { readonly do: "advance"; readonly batch: EventBatch }
  | { readonly do: "reference"; readonly event: Split | Dividend | Fact }
  | { readonly do: "frame"; readonly asOf: Micros; readonly since: Micros }
  | { readonly do: "snapshot" }
  | { readonly do: "restore"; readonly snapshot: Uint8Array };

export type PlanAnswer =
  | { readonly kind: "snapshot"; readonly bytes: Uint8Array }
  | { readonly kind: "failed"; readonly code: ErrorCode | null; readonly message: string };

/** Ends the thread of a plan that nobody holds any more. */
const orphans = new FinalizationRegistry<Worker>((worker) => void worker.terminate());

/**
 * Compiles as `compileFeatures` does; what is too much for one thread runs on two. That depends on the sizes alone and not on the machine,
 * so that a snapshot fits wherever the session goes on. Throws as `compileFeatures`.
 */
export function compileForLoop(definitions: readonly FeatureDefinition[], options: PlanOptions): FeaturePlan {
  if (definitions.length < 2 || definitions.length * options.instruments < LEAST_CELLS) return compileFeatures(definitions, options);
  return new ThreadedPlan(definitions, options);
}

export class ThreadedPlan implements FeaturePlan {
  readonly features: readonly string[];
  private readonly own: FeaturePlan;
  private readonly theirColumns: number;
  private readonly theirs: Float64Array<SharedArrayBuffer>;
  private readonly control = new Int32Array(new SharedArrayBuffer(Control.words * Int32Array.BYTES_PER_ELEMENT));
  private readonly port: MessagePort;
  private readonly values: Float64Array;
  private told = 0;

  /** At least two definitions. */
  constructor(definitions: readonly FeatureDefinition[], options: PlanOptions) {
    checkDefinitions(definitions, options);
    const [ours = [], theirs = []] = shareColumns(definitions, 2);
    this.features = definitions.map(({ name }) => name);
    this.own = compileFeatures(ours, options);
    this.theirColumns = theirs.length;
    this.theirs = new Float64Array(new SharedArrayBuffer(options.instruments * theirs.length * Float64Array.BYTES_PER_ELEMENT));
    this.values = new Float64Array(options.instruments * definitions.length);
    const { port1, port2 } = new MessageChannel();
    this.port = port1;
    // Resolved by the package's own map, because threads run what was built.
    const file = createRequire(import.meta.url).resolve("#features/plan/plan-worker.js");
    const workerData: PlanThreadSetup = { definitions: theirs, options, control: this.control, values: this.theirs, port: port2 };
    const worker = new Worker(file, { workerData, transferList: [port2] });
    worker.unref();
    port1.unref();
    orphans.register(this, worker);
  }

  advance(batch: EventBatch, start: number, end: number): void {
    const rows = sliceOf(batch, start, end);
    this.tell({ do: "advance", batch: rows }, buffersOf(rows));
    this.own.advance(batch, start, end);
  }

  reference(event: Split | Dividend | Fact): void {
    this.tell({ do: "reference", event });
    this.own.reference(event);
  }

  frame(asOf: Micros, since: Micros): FeatureFrame {
    this.tell({ do: "frame", asOf, since });
    const frame = this.own.frame(asOf, since);
    this.wait();
    const { values, theirs, theirColumns } = this;
    const ourColumns = frame.features.length;
    for (let i = 0, to = 0, a = 0, b = 0; i < frame.instruments; i++) {
      for (let j = 0; j < ourColumns; j++) values[to++] = frame.values[a++] as number;
      for (let j = 0; j < theirColumns; j++) values[to++] = theirs[b++] as number;
    }
    return { ...frame, features: this.features, values };
  }

  snapshot(): Uint8Array {
    this.tell({ do: "snapshot" });
    this.wait();
    const answer = this.answer();
    if (answer?.kind !== "snapshot") throw lost("it gave no snapshot");
    return new ByteWriter().bytes(this.own.snapshot()).bytes(answer.bytes).finish();
  }

  restore(snapshot: Uint8Array): void {
    const reader = new ByteReader(snapshot);
    const [ours, theirs] = [reader.bytes(), reader.bytes()];
    this.own.restore(ours);
    this.tell({ do: "restore", snapshot: Uint8Array.from(theirs) });
    this.wait();
    this.answer();
  }

  private tell(job: PlanJob, transfer: ArrayBuffer[] = []): void {
    this.port.postMessage(job, transfer);
    Atomics.store(this.control, Control.told, ++this.told);
    Atomics.notify(this.control, Control.told);
  }

  /** Until all that was told is done. */
  private wait(): void {
    for (let idle = 0; ; ) {
      const done = Atomics.load(this.control, Control.done);
      if (done === this.told) break;
      if (done < 0) this.answer(); // it failed, and says why
      idle = Atomics.wait(this.control, Control.done, done, WAIT_MS) === "timed-out" ? idle + 1 : 0;
      if (idle > PATIENCE) throw lost("it does not come back with its work");
    }
  }

  /** What it has said; null when nothing. Throws what it failed with. */
  private answer(): PlanAnswer | null {
    const answer = receiveMessageOnPort(this.port)?.message as PlanAnswer | undefined;
    if (answer?.kind === "failed") throw answer.code === null ? lost(answer.message) : new TruewindError(answer.code, answer.message);
    return answer ?? null;
  }
}

/** A copy of the rows, in buffers of its own. */
function sliceOf(batch: EventBatch, start: number, end: number): EventBatch {
  const columns = Object.entries(batch).map(([name, column]: [string, unknown]) => {
    if (!ArrayBuffer.isView(column)) return [name, column];
    const values = column as Float64Array;
    const width = values.length / batch.length;
    return [name, values.slice(start * width, end * width)];
  });
  return { ...(Object.fromEntries(columns) as EventBatch), length: end - start };
}

function buffersOf(batch: EventBatch): ArrayBuffer[] {
  return Object.values(batch).flatMap((column: unknown) => (ArrayBuffer.isView(column) ? [column.buffer as ArrayBuffer] : []));
}

function lost(why: string): TruewindError {
  return new TruewindError(
    "worker-lost",
    `The thread that computes a part of the features was lost: ${why}. Start again: the journal has all.`,
  );
}
