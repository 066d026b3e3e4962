// Foreign bytes as ONNX files: weights in another file are seen wherever they hide, and nonsense is a RangeError and nothing else.
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readOnnx, readTensors } from "./onnx-reader.js";
import { ProtoWriter } from "./protobuf.js";

type Write = (message: ProtoWriter) => unknown;
const within =
  (field: number, write: Write): Write =>
  (message) =>
    message.message(field, (inner) => void write(inner));

/** Fields of the model beside its version and operators. */
function model(...fields: readonly Write[]): Uint8Array {
  const writer = new ProtoWriter().integer(1, 8).message(8, (opset) => opset.integer(2, 17));
  for (const write of fields) write(writer);
  return Uint8Array.from(writer.view());
}

const tensor =
  (location: number): Write =>
  (message) =>
    message.text(8, "w").integer(14, location);
const graph = (write: Write): Write => within(7, write);
const attribute = (field: number, write: Write): Write => within(1, within(5, within(field, write)));

describe("weights in another file", () => {
  it.each<[string, (part: Write) => Write]>([
    ["an initializer", (part) => graph(within(5, part))],
    ["the values of a sparse initializer", (part) => graph(within(15, within(1, part)))],
    ["the value of a constant", (part) => graph(attribute(5, part))],
    ["one of the tensors of an attribute", (part) => graph(attribute(10, part))],
    ["the indices of a sparse constant", (part) => graph(attribute(22, within(2, part)))],
    ["a branch", (part) => graph(attribute(6, within(5, part)))],
    ["a branch within one of the graphs of an attribute", (part) => graph(attribute(11, attribute(6, attribute(5, part))))],
    [
      "a function",
      (part) => (message) => within(25, within(7, within(5, within(5, part))))(graph(() => undefined)(message) as ProtoWriter),
    ],
  ])("are seen in %s", (_, place) => {
    expect(readOnnx(model(place(tensor(1)))).external).toBe(true);
    expect(readOnnx(model(place(tensor(0)))).external).toBe(false);
  });
});

describe("bytes that are no ONNX file", () => {
  const read = (bytes: Uint8Array): void => void readTensors(readOnnx(bytes).graph);
  const isRefused = (bytes: Uint8Array): boolean => {
    try {
      read(bytes);
      return true;
    } catch (error) {
      return error instanceof RangeError;
    }
  };
  const file = readFileSync("test/reference/onnx/torch-lstm.onnx");

  it("are a RangeError, whatever they are", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), isRefused), { numRuns: 2000 });
  });

  it("are a RangeError, or another file, where a real one was cut or changed", () => {
    const changes = fc.array(fc.tuple(fc.nat(file.length - 1), fc.nat(255)), { maxLength: 8 });
    fc.assert(
      fc.property(changes, fc.nat(file.length), (changed, length) => {
        const bytes = Uint8Array.from(file);
        for (const [at, byte] of changed) bytes[at] = byte;
        return isRefused(bytes) && isRefused(bytes.subarray(0, length));
      }),
      { numRuns: 200 },
    );
  });

  it("are a RangeError where graphs lie within graphs without an end", () => {
    let nested = new ProtoWriter().view();
    for (let depth = 0; depth < 3000; depth++) {
      const [inner, node] = [new ProtoWriter().bytes(6, nested), new ProtoWriter()];
      node.bytes(5, inner.view());
      nested = new ProtoWriter().bytes(1, node.view()).view();
    }
    expect(() => readOnnx(model((message) => message.bytes(7, nested)))).toThrow(RangeError);
  });
});
