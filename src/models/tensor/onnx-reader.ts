// What an ONNX file says of itself: versions, inputs, outputs, operators, notes, and the tensors that it holds. Reads foreign files, too;
// computes nothing.
import { readFields, toText } from "./proto-reader.js";

/** Size of an axis; null where it is known only when the graph runs. */
export type Axis = number | null;

export interface ValueFacts {
  readonly name: string;
  /** Number of the element type in onnx.proto: 1 is float32; null for a sequence or a map. */
  readonly element: number | null;
  /** Null when the file does not say. */
  readonly axes: readonly Axis[] | null;
}

export interface OnnxFacts {
  readonly irVersion: number;
  readonly producer: string;
  /** Version of the operators by domain; `""` is the standard. */
  readonly opsets: ReadonlyMap<string, number>;
  readonly metadata: ReadonlyMap<string, string>;
  /** Without those that have a value in the file. */
  readonly inputs: readonly ValueFacts[];
  readonly outputs: readonly ValueFacts[];
  /** True when a tensor lies in another file, be it within a branch, a loop or a function. */
  readonly external: boolean;
  /** `domain` and name of every operator of the main graph, each once. */
  readonly operators: readonly { readonly domain: string; readonly op: string }[];
  readonly graph: Uint8Array;
}

const FLOAT32 = 1;
/** Numbers of fields in onnx.proto. */
const INITIALIZER = 5;
const DATA_LOCATION = 14;
const EXTERNAL = 1n;

/** Throws RangeError when the bytes are no ONNX file. */
export function readOnnx(bytes: Uint8Array): OnnxFacts {
  let irVersion = 0;
  let producer = "";
  let graph: Uint8Array | null = null;
  let external = false;
  const opsets = new Map<string, number>();
  const metadata = new Map<string, string>();
  for (const field of readFields(bytes)) {
    if (field.number === 1) irVersion = Number(field.integer);
    else if (field.number === 2) producer = toText(field.bytes);
    else if (field.number === 7) {
      graph = field.bytes;
      external ||= graphIsExternal(graph);
    } else if (field.number === 25) external ||= anyField(field.bytes, { 7: nodeIsExternal });
    else if (field.number === 8) {
      const { texts, integers } = readFlat(field.bytes);
      opsets.set(texts.get(1) ?? "", Number(integers.get(2) ?? 0n));
    } else if (field.number === 14) {
      const { texts } = readFlat(field.bytes);
      metadata.set(texts.get(1) ?? "", texts.get(2) ?? "");
    }
  }
  if (graph === null) throw new RangeError("there is no graph in it");
  if (irVersion === 0 || opsets.size === 0) throw new RangeError("it does not say of what version it is");
  return { irVersion, producer, opsets, metadata, graph, external, ...readGraph(graph) };
}

/** Values of the float32 tensors that the graph holds, by name. */
export function readTensors(graph: Uint8Array): ReadonlyMap<string, Float32Array> {
  const tensors = new Map<string, Float32Array>();
  for (const field of readFields(graph)) {
    if (field.number !== INITIALIZER) continue;
    let name = "";
    let type = 0;
    let raw: Uint8Array | null = null;
    for (const part of readFields(field.bytes)) {
      if (part.number === 2) type = Number(part.integer);
      else if (part.number === 8) name = toText(part.bytes);
      else if (part.number === 9) raw = part.bytes;
    }
    if (type === FLOAT32 && raw !== null) tensors.set(name, new Float32Array(Uint8Array.from(raw).buffer));
  }
  return tensors;
}

function readGraph(graph: Uint8Array): Pick<OnnxFacts, "inputs" | "operators" | "outputs"> {
  const inputs: ValueFacts[] = [];
  const outputs: ValueFacts[] = [];
  const held = new Set<string>();
  const operators = new Map<string, { domain: string; op: string }>();
  for (const { number, bytes } of readFields(graph)) {
    if (number === 1) {
      const { texts } = readFlat(bytes, [4, 7]);
      const one = { domain: texts.get(7) ?? "", op: texts.get(4) ?? "" };
      operators.set(`${one.domain}.${one.op}`, one);
    } else if (number === INITIALIZER) held.add(readFlat(bytes, [8]).texts.get(8) ?? "");
    else if (number === 11) inputs.push(readValue(bytes));
    else if (number === 12) outputs.push(readValue(bytes));
  }
  return { inputs: inputs.filter(({ name }) => !held.has(name)), outputs, operators: [...operators.values()] };
}

type Look = (bytes: Uint8Array) => boolean;

/** Whether a look finds something in one of the fields of its number. */
function anyField(bytes: Uint8Array, looks: Readonly<Record<number, Look>>): boolean {
  for (const field of readFields(bytes)) if (looks[field.number]?.(field.bytes) === true) return true;
  return false;
}

const tensorIsExternal: Look = (tensor) => readFlat(tensor, []).integers.get(DATA_LOCATION) === EXTERNAL;
const sparseIsExternal: Look = (tensor) => anyField(tensor, { 1: tensorIsExternal, 2: tensorIsExternal });
/** Constants hold tensors, branches and loops hold graphs. */
const attributeIsExternal: Look = (attribute) =>
  anyField(attribute, {
    5: tensorIsExternal,
    6: graphIsExternal,
    10: tensorIsExternal,
    11: graphIsExternal,
    22: sparseIsExternal,
    23: sparseIsExternal,
  });
const nodeIsExternal: Look = (node) => anyField(node, { 5: attributeIsExternal });

function graphIsExternal(graph: Uint8Array): boolean {
  return anyField(graph, { 1: nodeIsExternal, [INITIALIZER]: tensorIsExternal, 15: sparseIsExternal });
}

function readValue(bytes: Uint8Array): ValueFacts {
  let name = "";
  let element: number | null = null;
  let axes: Axis[] | null = null;
  for (const field of readFields(bytes)) {
    if (field.number === 1) name = toText(field.bytes);
    if (field.number !== 2) continue;
    for (const type of readFields(field.bytes)) {
      if (type.number !== 1) continue; // a sequence or a map
      for (const part of readFields(type.bytes)) {
        if (part.number === 1) element = Number(part.integer);
        if (part.number === 2)
          axes = [...readFields(part.bytes)].map((axis) => {
            const size = readFlat(axis.bytes).integers.get(1);
            return size === undefined || size === 0n || size >= 1n << 63n ? null : Number(size);
          });
      }
    }
  }
  return { name, element, axes };
}

/** The last value of each field; `texts` of the wanted fields only, where they are named. */
function readFlat(
  bytes: Uint8Array,
  wanted?: readonly number[],
): { readonly texts: ReadonlyMap<number, string>; readonly integers: ReadonlyMap<number, bigint> } {
  const texts = new Map<number, string>();
  const integers = new Map<number, bigint>();
  for (const field of readFields(bytes)) {
    integers.set(field.number, field.integer);
    if (wanted === undefined || wanted.includes(field.number)) texts.set(field.number, toText(field.bytes));
  }
  return { texts, integers };
}
