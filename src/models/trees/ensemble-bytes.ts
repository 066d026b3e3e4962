// The columns of an ensemble as bytes and back. What is read is checked through: a walk over it ends, and touches nothing outside.
import type { ByteReader, ByteWriter } from "#base/bytes.js";
import { SplitFlag, type TreeEnsemble } from "./tree-ensemble.js";

/** Little-endian, as all machines are that Node runs on. */
export function writeEnsemble(writer: ByteWriter, e: TreeEnsemble): void {
  writer.json(e.features).u32(e.outputs).f64s(e.base).i32s(e.root).i32s(e.output);
  writer.i32s(e.feature).f64s(e.threshold).bytes(e.flags).i32s(e.left).i32s(e.right);
  writer.f64s(e.value).f64s(e.cover).f64s(e.gain).i32s(e.categoryFrom).i32s(e.categoryWords);
  writer.i32s(new Int32Array(e.categories.buffer, e.categories.byteOffset, e.categories.length));
}

/** Throws `corrupt-artifact` when the bytes end early; `ensembleFault` tells what else may be wrong. */
export function readEnsemble(reader: ByteReader): TreeEnsemble {
  return {
    features: reader.json() as string[],
    outputs: reader.u32(),
    base: reader.f64s(),
    root: reader.i32s(),
    output: reader.i32s(),
    feature: reader.i32s(),
    threshold: reader.f64s(),
    flags: reader.bytes(),
    left: reader.i32s(),
    right: reader.i32s(),
    value: reader.f64s(),
    cover: reader.f64s(),
    gain: reader.f64s(),
    categoryFrom: reader.i32s(),
    categoryWords: reader.i32s(),
    categories: new Uint32Array(reader.i32s().buffer),
  };
}

/** What an ensemble must not have, in words; null when it is sound. */
export function ensembleFault(e: TreeEnsemble): string | null {
  if (!Array.isArray(e.features) || !e.features.every((name) => typeof name === "string")) return "its features are no names";
  if (e.outputs < 1 || e.base.length !== e.outputs || !e.base.every(Number.isFinite)) return "it does not say what its scores start from";
  if (e.output.length !== e.root.length || !e.output.every((output) => output >= 0 && output < e.outputs))
    return "a tree adds to a score that is not there";
  const nodes = e.feature.length;
  const columns = [e.threshold, e.flags, e.left, e.right, e.value, e.cover, e.gain, e.categoryFrom, e.categoryWords];
  if (columns.some((column) => column.length !== nodes)) return "the columns of its nodes differ in length";
  for (let t = 0; t < e.root.length; t++) {
    const from = e.root[t] as number;
    const to = e.root[t + 1] ?? nodes;
    if ((t === 0 && from !== 0) || from >= to || to > nodes) return `tree ${t + 1} has no nodes of its own`;
    for (let node = from; node < to; node++) {
      const fault = nodeFault(e, node, to);
      if (fault !== null) return `node ${node - from} of tree ${t + 1} ${fault}`;
    }
  }
  return e.root.length === 0 && nodes > 0 ? "it has nodes that no tree owns" : null;
}

/** `end`: behind the last node of its tree. Children lie behind their parent, so that every walk ends. */
function nodeFault(e: TreeEnsemble, node: number, end: number): string | null {
  if (!Number.isFinite(e.value[node])) return "adds no number";
  if (!((e.cover[node] as number) >= 0) || !Number.isFinite(e.cover[node])) return "has no cover";
  if (!Number.isFinite(e.gain[node])) return "has no gain";
  const feature = e.feature[node] as number;
  if (feature === -1) return null;
  if (feature < 0 || feature >= e.features.length) return `asks feature ${feature} of ${e.features.length}`;
  for (const child of [e.left[node] as number, e.right[node] as number])
    if (child <= node || child >= end) return `leads to node ${child}, which is not below it`;
  if (((e.flags[node] as number) & SplitFlag.categorical) === 0) return Number.isNaN(e.threshold[node]) ? "has no threshold" : null;
  const from = e.categoryFrom[node] as number;
  const words = e.categoryWords[node] as number;
  return from < 0 || words < 0 || from + words > e.categories.length ? "has no set of categories" : null;
}
