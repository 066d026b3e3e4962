// A recurrent net fed one step per tick: what it remembers is carried from call to call, so that a tick costs one step and not a window.
// From a zero state n ticks give what the net gives for a window of n steps. A stream remembers more than `steps` decisions: who wants the
// window of training exactly uses `predict`.
import { ByteReader, ByteWriter } from "#base/bytes.js";
import { checkedBody, withChecksum } from "#base/checksum.js";
import { invariant, TruewindError } from "#base/errors.js";
import { sha256 } from "#base/hash.js";
import type { Tensor as RuntimeTensor } from "onnxruntime-node";
import type { Graph } from "#models/tensor/graph.js";
import { toOnnx } from "#models/tensor/onnx-file.js";
import { openSession, toRuntime } from "#models/tensor/runtime.js";
import { sizeOf, type Tensor } from "#models/tensor/tensor.js";
import { loadNet } from "../artifact.js";
import { openBuild } from "../blocks/build.js";
import { bodyAndHeads, netSpecs } from "../graphs.js";
import { headPredictions, scoreOf } from "../heads.js";
import { normalize } from "../normalize-input.js";
import type { NeuralModel } from "../predict.js";
import type { TrainedNet } from "../trained-net.js";
import { stepwiseProblems } from "./stepwise.js";

export interface NetStream {
  readonly features: readonly string[];
  readonly instruments: number;
  /**
   * One step of all instruments: `[instrument][feature]`, NaN where nothing is known. The score per instrument, valid until the next push.
   * A push must have ended before the next one.
   */
  push(features: Float32Array): Promise<Float64Array>;
  /** What each head said at the last push, `[instrument]` or `[instrument][part]`; valid until the next one. */
  readonly outputs: ReadonlyMap<string, Float32Array>;
  /** Forgets everything, or what belongs to one instrument. */
  reset(instrument?: number): void;
  /** What is remembered, with a checksum. */
  save(): Uint8Array;
  /** Throws `corrupt-artifact` when the state is damaged or that of another net. */
  restore(state: Uint8Array): void;
  close(): Promise<void>;
}

const MAGIC = "truewind-stream-1";

/** Throws `bad-config` with the blocks that stand in the way when the net cannot be fed step by step. */
export async function openStream(model: NeuralModel, instruments = 1): Promise<NetStream> {
  invariant(Number.isInteger(instruments) && instruments > 0, `a stream of ${instruments} instruments`);
  const artifact = model.save();
  const net = loadNet(artifact);
  const problems = stepwiseProblems(net.config);
  if (problems.length > 0)
    throw new TruewindError("bad-config", `This net cannot be fed step by step: ${problems.join("; ")}. Use its windows instead.`);
  const { graph, states } = streamingGraph(net, instruments);
  // One step is too little work to be worth its way to a GPU.
  const session = await openSession(toOnnx(graph), { threads: 1, device: "cpu" });
  const { features } = net;
  const score = scoreOf(net.config.heads, net.labelMagnitude);

  const allocate = ({ shape }: Tensor): Promise<RuntimeTensor> => toRuntime({ shape }, new Float32Array(sizeOf(shape)));
  const x = await allocate(graph.inputs.find(({ name }) => name === "features") as Tensor);
  const heads = graph.outputs.filter(({ name }) => !name.startsWith(NEXT));
  const predictions = await Promise.all(heads.map(allocate));
  // Two sets of states: a tick reads one and writes the other.
  const memory = [await Promise.all(states.map(allocate)), await Promise.all(states.map(allocate))] as const;
  const named = (names: readonly string[], tensors: readonly RuntimeTensor[]): Record<string, RuntimeTensor> =>
    Object.fromEntries(names.map((name, i) => [name, tensors[i] as RuntimeTensor]));
  const before = states.map(({ name }) => name);
  const after = before.map((name) => NEXT + name);
  const ticks = ([0, 1] as const).map((now) => ({
    feeds: { features: x, ...named(before, memory[now]) },
    fetches: {
      ...named(
        heads.map(({ name }) => name),
        predictions,
      ),
      ...named(after, memory[now === 0 ? 1 : 0]),
    },
  }));
  const outputs = new Map(heads.map(({ name }, i) => [name, (predictions[i] as RuntimeTensor).data as Float32Array]));
  const scores = new Float64Array(instruments);
  const scored = outputs.get(score.output) as Float32Array;
  const net256 = sha256(artifact);
  let now: 0 | 1 = 0;
  let busy = false;

  const held = (): readonly Float32Array[] => memory[now].map(({ data }) => data as Float32Array);
  return {
    features,
    instruments,
    outputs,
    async push(values) {
      const into = x.data as Float32Array;
      invariant(values.length === into.length, `a push of ${values.length} values, ${into.length} are wanted`);
      invariant(!busy, "a push before the last one ended");
      busy = true;
      try {
        into.set(values);
        const { feeds, fetches } = ticks[now] as (typeof ticks)[number];
        await session.run(feeds, fetches);
        now = now === 0 ? 1 : 0;
      } finally {
        busy = false;
      }
      for (let i = 0; i < instruments; i++) scores[i] = score.of(scored, i);
      return scores;
    },
    reset(instrument) {
      for (const state of held()) {
        const width = state.length / instruments;
        if (instrument === undefined) state.fill(0);
        else state.fill(0, instrument * width, (instrument + 1) * width);
      }
    },
    save() {
      const writer = new ByteWriter().text(MAGIC).text(net256).u32(instruments);
      for (const state of held()) writer.bytes(new Uint8Array(state.buffer, state.byteOffset, state.byteLength));
      return withChecksum(writer).finish();
    },
    restore(bytes) {
      readState(bytes, net256, instruments).forEach((values, i) => (held()[i] as Float32Array).set(values));
    },
    close: () => session.release(),
  };
}

const NEXT = "next.";

/** Inputs `features` and one per state; outputs the heads, and per state what it is behind the step. */
function streamingGraph(net: TrainedNet, instruments: number): { readonly graph: Graph; readonly states: readonly Tensor[] } {
  const { config, features, values, normalization } = net;
  const specs = netSpecs(config, { features: features.length, steps: config.steps });
  const opened = openBuild("infer", specs, values);
  const carried: { before: Tensor; after: Tensor }[] = [];
  const build = { ...opened.build, carried };
  const { g } = build;
  const x = g.input("features", [instruments, 1, features.length]);
  const raw = bodyAndHeads(build, normalize(g, x, normalization), config);
  for (const [name, tensor] of headPredictions(build, raw, normalization.label)) g.output(name, tensor);
  for (const { before, after } of carried) g.output(NEXT + before.name, after);
  return { graph: g, states: carried.map(({ before }) => before) };
}

function readState(bytes: Uint8Array, net: string, instruments: number): readonly Float32Array[] {
  const bad = (what: string): TruewindError =>
    new TruewindError("corrupt-artifact", `This is no usable state of the stream: ${what}. Start it anew.`);
  const body = checkedBody(bytes);
  if (body === null) throw bad("bytes were lost or changed");
  const reader = new ByteReader(body);
  if (reader.text() !== MAGIC) throw bad("it is of another form");
  if (reader.text() !== net) throw bad("it belongs to another net");
  const count = reader.u32();
  if (count !== instruments) throw bad(`it is of ${count} instruments, and the stream has ${instruments}`);
  const states: Float32Array[] = [];
  while (!reader.done) states.push(new Float32Array(reader.bytes().buffer));
  return states;
}
