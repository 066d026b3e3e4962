// Loops in WebAssembly compute to the bit what JavaScript computes in float32, wherever the vectors begin and end.
import fc from "fast-check";
import { expect, it } from "vitest";
import { div, type Loop, mul, sqrt, sub, add } from "./loop.js";
import { VectorMemory } from "./vector-memory.js";
import { weightedSum } from "./weighted-sum.js";

const loop: Loop<"a" | "b" | "c", "k" | "l"> = {
  vectors: ["a", "b", "c"],
  numbers: ["k", "l"],
  step({ a, b, c }, { k, l }, keep) {
    const root = keep(sqrt(mul(b, b)));
    return { c: div(sub(mul(k, a), root), add(root, l)), a: sub(c, root) };
  },
};

const { fround } = Math;
const float = fc.float({ noNaN: true, noDefaultInfinity: true, min: -1e3, max: fround(1e3) });

it("a loop computes what it says, between its bounds and nowhere else", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(float, float, float), { minLength: 1, maxLength: 23 }),
      fc.nat({ max: 23 }),
      fc.nat({ max: 23 }),
      float,
      fc.constantFrom(0.1, 1, 7),
      (rows, one, other, k, l) => {
        const memory = new VectorMemory(3 * 24);
        const [a, b, c] = [0, 1, 2].map((column) => {
          const vector = memory.take(rows.length);
          vector.set(rows.map((row) => row[column] as number));
          return vector;
        }) as [Float32Array, Float32Array, Float32Array];
        const [from, to] = [Math.min(one, other, rows.length), Math.min(Math.max(one, other), rows.length)];
        memory.compile(loop)({ a, b, c }, from, to, { k, l });
        rows.forEach(([x, y, z], i) => {
          const root = fround(Math.sqrt(fround(y * y)));
          const within = i >= from && i < to;
          expect(a[i]).toBe(within ? fround(z - root) : x);
          expect(b[i]).toBe(y);
          expect(c[i]).toBe(within ? fround(fround(fround(k * x) - root) / fround(root + fround(l))) : z);
        });
      },
    ),
  );
});

it("a weighted sum takes in a vector of any memory, longer than a block, and leaves what lies behind it", () => {
  const length = 20_001;
  const memory = new VectorMemory(length + 3 + 10_000);
  const sum = memory.take(length + 3).fill(2);
  const other = new Float32Array(new SharedArrayBuffer(4 * length)).map((_, i) => i);
  weightedSum(memory)(sum, 0.25, other, 0.5);
  expect(sum.subarray(0, length)).toEqual(Float32Array.from(other, (value) => 0.5 + 0.5 * value));
  expect([...sum.subarray(length)]).toEqual([2, 2, 2]);
});

it("what weighs nothing in a sum counts for nothing, even where it is no number", () => {
  const memory = new VectorMemory(10_000);
  const add = weightedSum(memory);
  const sum = memory.take(2);
  sum.set([Number.NaN, 1]);
  add(sum, 0, Float32Array.of(3, 4), 1);
  expect([...sum]).toEqual([3, 4]);
  add(sum, 1, Float32Array.of(Number.NaN, 4), 0);
  expect([...sum]).toEqual([3, 4]);
});

it("more than WebAssembly reaches is refused as memory that is not there, and vectors of elsewhere are refused", () => {
  expect(() => new VectorMemory(2 ** 31)).toThrow(/allocation failed, size: 8589934592/);
  const memory = new VectorMemory(12);
  const [a, b] = [memory.take(4), memory.take(4)];
  expect(() => memory.compile(loop)({ a, b, c: new Float32Array(4) }, 0, 4, { k: 1, l: 1 })).toThrow(/its own memory/);
});
