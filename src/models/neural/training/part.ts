// One share of every batch: a session of the training graph with memory of its own. It knows lists of named values and nothing of nets, so
// that it works alike in the thread that trains and in one that helps.
import { withinMemory } from "#models/tensor/memory.js";
import { openSession, toRuntime } from "#models/tensor/runtime.js";
import { sizeOf } from "#models/tensor/tensor.js";
import type { Rng } from "#base/rng.js";
import { fillMask } from "./masks.js";

export interface SlotShape {
  readonly name: string;
  readonly shape: readonly number[];
}

export interface Slot extends SlotShape {
  readonly values: Float32Array;
}

/** A mask of dropout, drawn anew for each step. */
export interface MaskSlot extends SlotShape {
  readonly rate: number;
}

/** Plain data, to be handed to another thread, where the slots are without values. */
export interface PartPlan<S extends SlotShape = Slot> {
  /** The training graph for this share, as an ONNX file. */
  readonly model: Uint8Array;
  readonly threads: number;
  readonly feeds: readonly S[];
  readonly fetches: readonly S[];
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
  const drawn = withValues(masks);
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

export function withValues<S extends SlotShape>(slots: readonly S[]): readonly (S & Slot)[] {
  return slots.map((slot) => ({ ...slot, values: new Float32Array(sizeOf(slot.shape)) }));
}

type Tensors = Record<string, Awaited<ReturnType<typeof toRuntime>>>;

async function toTensors(slots: readonly Slot[]): Promise<Tensors> {
  const tensors: Tensors = {};
  for (const slot of slots) tensors[slot.name] = await toRuntime(slot, slot.values);
  return tensors;
}
