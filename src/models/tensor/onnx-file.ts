// A graph as the bytes of an ONNX file (onnx.proto3 of ONNX 1.12: IR version 8, opset 17), which any ONNX runtime reads.
import type { Attribute, Graph, Initializer, Node } from "./graph.js";
import { ProtoWriter } from "./protobuf.js";
import { BATCH, type ElementType, holdsBatch, type Tensor } from "./tensor.js";

const IR_VERSION = 8;
export const OPSET = 17;
const ML_OPSET = 3;

const ELEMENT: Readonly<Record<ElementType, number>> = { float32: 1, int64: 7, bool: 9 };
const ATTRIBUTE = { float: 1, int: 2, string: 3, graph: 5, floats: 6, ints: 7, strings: 8 } as const;

/** `metadata` goes into the file's own table of notes. The same graph gives the same bytes. */
export function toOnnx(graph: Graph, metadata: Readonly<Record<string, string>> = {}): Uint8Array {
  const model = new ProtoWriter().integer(1, IR_VERSION).text(2, "truewind");
  model.message(7, (message) => writeGraph(message, graph));
  const domains = new Map([["", OPSET]]);
  if (graph.purpose === "training") domains.set("com.microsoft", 1);
  if (graph.nodes.some(({ domain }) => domain === "ai.onnx.ml")) domains.set("ai.onnx.ml", ML_OPSET);
  for (const [domain, version] of domains) model.message(8, (opset) => opset.text(1, domain).integer(2, version));
  for (const key of Object.keys(metadata).sort()) model.message(14, (entry) => entry.text(1, key).text(2, metadata[key] as string));
  return Uint8Array.from(model.view());
}

function writeGraph(message: ProtoWriter, graph: Graph): void {
  for (const node of graph.nodes) message.message(1, (part) => writeNode(part, node));
  message.text(2, "truewind");
  for (const initializer of graph.initializers) message.message(5, (part) => writeInitializer(part, initializer));
  for (const tensor of graph.inputs) message.message(11, (part) => writeValue(part, tensor));
  for (const tensor of graph.outputs) message.message(12, (part) => writeValue(part, tensor));
}

function writeNode(message: ProtoWriter, { op, domain, inputs, outputs, attributes }: Node): void {
  for (const name of inputs) message.text(1, name);
  for (const name of outputs) message.text(2, name);
  // The first output's name is unique, and so is the node's.
  message.text(3, `node_${outputs[0]}`).text(4, op);
  for (const [name, value] of Object.entries(attributes)) message.message(5, (part) => writeAttribute(part, name, value));
  if (domain !== "") message.text(7, domain);
}

function writeAttribute(message: ProtoWriter, name: string, value: Attribute): void {
  message.text(1, name);
  if (typeof value === "number") message.integer(3, value).integer(20, ATTRIBUTE.int);
  else if (typeof value === "string") message.text(4, value).integer(20, ATTRIBUTE.string);
  else if ("float" in value) message.float(2, value.float).integer(20, ATTRIBUTE.float);
  else if ("floats" in value) {
    for (const item of value.floats) message.float(7, item);
    message.integer(20, ATTRIBUTE.floats);
  } else if ("strings" in value) {
    for (const item of value.strings) message.text(9, item);
    message.integer(20, ATTRIBUTE.strings);
  } else if ("graph" in value) message.message(6, (part) => writeGraph(part, value.graph)).integer(20, ATTRIBUTE.graph);
  else {
    for (const item of value) message.integer(8, item);
    message.integer(20, ATTRIBUTE.ints);
  }
}

function writeInitializer(message: ProtoWriter, { tensor, data }: Initializer): void {
  for (const size of tensor.shape) message.integer(1, size);
  message.integer(2, ELEMENT[tensor.type]).text(8, tensor.name);
  message.bytes(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}

function writeValue(message: ProtoWriter, { name, shape, type }: Tensor): void {
  message.text(1, name).message(2, (valueType) =>
    valueType.message(1, (tensorType) =>
      tensorType.integer(1, ELEMENT[type]).message(2, (dimensions) => {
        for (const size of shape)
          dimensions.message(1, (dimension) =>
            holdsBatch(size) ? dimension.text(2, size === BATCH ? "batch" : `batch_times_${size / BATCH}`) : dimension.integer(1, size),
          );
      }),
    ),
  );
}
