// One share of every batch: a session of the training graph with memory of its own. It knows lists of named values and nothing of nets, so
// that it works alike in the thread that trains and in one that helps.
import { withinMemory } from "#models/tensor/memory.js";
import { openSession, toRuntime } from "#models/tensor/runtime.js";
import type { Rng } from "#base/rng.js";
import { fillMask } from "./masks.js";

export interface Slot {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** A mask of dropout, drawn anew for each step. */
export interface MaskSlot {
  readonly name: string;
  readonly shape: readonly number[];
  readonly rate: number;
}

/** Plain data, to be handed to another thread. */
export interface PartPlan {
  /** The training graph for this share, as an ONNX file. */
  readonly model: Uint8Array;
  readonly threads: number;
  readonly feeds: readonly Slot[];
  readonly fetches: readonly Slot[];
  readonly masks: readonly MaskSlot[];
}

export interface Part {
  /** Fills the fetches. The masks follow from the generator's seed alone. */
  run(rng: Rng): Promise<void>;
  release(): Promise<void>;
}

/** Throws `out-of-memory`. */
export async function openPart({ model, threads, feeds, fetches, masks }: PartPlan): Promise<Part> {
  const session = await withinMemory("the training graph", () => openSession(model, { threads }));
  const drawn = masks.map((mask) => ({ ...mask, values: new Float32Array(mask.shape.reduce((product, size) => product * size, 1)) }));
  const inputs = await toTensors([...feeds, ...drawn]);
  const outputs = await toTensors(fetches);
  return {
    async run(rng) {
      drawn.forEach(({ values, rate }, i) => fillMask(values, rate, rng.fork(`${i}`)));
      await withinMemory("a training step", () => session.run(inputs, outputs));
    },
    release: () => session.release(),
  };
}

type Tensors = Record<string, Awaited<ReturnType<typeof toRuntime>>>;

async function toTensors(slots: readonly Slot[]): Promise<Tensors> {
  const tensors: Tensors = {};
  for (const slot of slots) tensors[slot.name] = await toRuntime(slot, slot.values);
  return tensors;
}
