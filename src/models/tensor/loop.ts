// Loops over vectors of float32 as WebAssembly, four values at a time: what JavaScript computes one by one, in double precision.
// An optimizer is such a loop, and over millions of parameters a good part of a step. The module is written here byte by byte
// (WebAssembly Core Specification 2.0, section 5: binary format); every engine that runs this product knows its vector instructions.

/** How an expression is computed: on one value, or on four at once. */
interface Lane {
  readonly bytes: number;
  readonly type: number;
  readonly load: readonly number[];
  readonly store: readonly number[];
  readonly add: readonly number[];
  readonly sub: readonly number[];
  readonly mul: readonly number[];
  readonly div: readonly number[];
  readonly sqrt: readonly number[];
}

/** Instructions of f32; memory is aligned to 4 bytes. */
const ONE: Lane = {
  bytes: 4,
  type: 0x7d,
  load: [0x2a, 2, 0],
  store: [0x38, 2, 0],
  add: [0x92],
  sub: [0x93],
  mul: [0x94],
  div: [0x95],
  sqrt: [0x91],
};

/** Instructions of f32x4. */
const FOUR: Lane = {
  bytes: 16,
  type: 0x7b,
  load: [0xfd, 0, 2, 0],
  store: [0xfd, 0x0b, 2, 0],
  add: [0xfd, ...leb(0xe4)],
  sub: [0xfd, ...leb(0xe5)],
  mul: [0xfd, ...leb(0xe6)],
  div: [0xfd, ...leb(0xe7)],
  sqrt: [0xfd, ...leb(0xe3)],
};
const SPLAT = [0xfd, 0x13];

const I32 = 0x7f;
const F32 = 0x7d;
/** `\0asm`, version 1. */
const HEAD = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
const BLOCK_AND_LOOP = [0x02, 0x40, 0x03, 0x40];
const UNLESS_BELOW_LEAVE = [0x4f, 0x0d, 1];
const REPEAT = [0x0c, 0, 0x0b, 0x0b];

/** Where a function keeps the numbers it is given and the values it has worked out. */
interface Place {
  readonly lane: Lane;
  readonly numbers: number;
  readonly values: number;
}

/** An expression in float32: the instructions that leave it on the stack. */
export type Value = (place: Place) => readonly number[];

const binary =
  (op: "add" | "sub" | "mul" | "div") =>
  (a: Value, b: Value): Value =>
  (place) => [...a(place), ...b(place), ...place.lane[op]];

export const add = binary("add");
export const sub = binary("sub");
export const mul = binary("mul");
export const div = binary("div");
export const sqrt =
  (a: Value): Value =>
  (place) => [...a(place), ...place.lane.sqrt];

/** One pass over vectors of equal length, which are told by name like the numbers that stay the same throughout. */
export interface Loop<V extends string, N extends string> {
  readonly vectors: readonly V[];
  readonly numbers: readonly N[];
  /**
   * What vectors become at each position; those that are not named are only read. `keep` gives a value a place, so that it is computed
   * once however often it is used.
   */
  readonly step: (
    vectors: Readonly<Record<V, Value>>,
    numbers: Readonly<Record<N, Value>>,
    keep: (value: Value) => Value,
  ) => Readonly<Partial<Record<V, Value>>>;
}

/**
 * A module that imports the memory `m.m` and exports `run`: begin of each vector (bytes), then where the first of them ends in whole fours
 * and altogether, then the numbers.
 */
export function compile<V extends string, N extends string>(loop: Loop<V, N>): Uint8Array<ArrayBuffer> {
  const [vectors, numbers] = [loop.vectors.length, loop.numbers.length];
  const kept: Value[] = [];
  const place =
    (kind: "numbers" | "values", i: number): Value =>
    (at) =>
      get(at[kind] + i);
  const named = <K extends string>(kind: "numbers" | "values", names: readonly K[]): Readonly<Record<K, Value>> =>
    Object.fromEntries(names.map((name, i) => [name, place(kind, i)])) as Record<K, Value>;
  const results = loop.step(named("values", loop.vectors), named("numbers", loop.numbers), (value) =>
    place("values", vectors + kept.push(value) - 1),
  );
  const [whole, end, given] = [vectors, vectors + 1, vectors + 2];
  const locals = given + numbers;
  const worked = vectors + kept.length;
  const four: Place = { lane: FOUR, numbers: locals, values: locals + numbers };
  const one: Place = { lane: ONE, numbers: given, values: four.values + worked };
  const splats = Array.from({ length: numbers }, (_, i) => [...get(given + i), ...SPLAT, ...set(four.numbers + i)]).flat();
  const pass = (at: Place, limit: number): readonly number[] => [
    ...BLOCK_AND_LOOP,
    ...get(0),
    ...get(limit),
    ...UNLESS_BELOW_LEAVE,
    ...Array.from({ length: vectors }, (_, i) => [...get(i), ...at.lane.load, ...set(at.values + i)]).flat(),
    ...kept.flatMap((value, i) => [...value(at), ...set(at.values + vectors + i)]),
    ...loop.vectors.flatMap((name, i) => {
      const value: Value | undefined = results[name];
      return value === undefined ? [] : [...get(i), ...value(at), ...at.lane.store];
    }),
    ...Array.from({ length: vectors }, (_, i) => [...get(i), 0x41, ...leb(at.lane.bytes), 0x6a, ...set(i)]).flat(),
    ...REPEAT,
  ];
  const declared = list([
    [...leb(numbers + worked), FOUR.type],
    [...leb(worked), ONE.type],
  ]);
  const code = [...declared, ...splats, ...pass(four, whole), ...pass(one, end), 0x0b];
  const parameters = Array.from({ length: locals }, (_, i) => [i < given ? I32 : F32]);
  const name = (text: string): readonly number[] => list([...Buffer.from(text)].map((byte) => [byte]));
  return Uint8Array.from([
    ...HEAD,
    ...section(1, [[0x60, ...list(parameters), 0]]),
    ...section(2, [[...name("m"), ...name("m"), 0x02, 0x00, 0]]),
    ...section(3, [[0]]),
    ...section(7, [[...name("run"), 0x00, 0]]),
    ...section(10, [[...leb(code.length), ...code]]),
  ]);
}

function get(local: number): readonly number[] {
  return [0x20, ...leb(local)];
}

function set(local: number): readonly number[] {
  return [0x21, ...leb(local)];
}

function section(id: number, items: readonly (readonly number[])[]): readonly number[] {
  const body = list(items);
  return [id, ...leb(body.length), ...body];
}

function list(items: readonly (readonly number[])[]): readonly number[] {
  return [...leb(items.length), ...items.flat()];
}

/** Unsigned LEB128; as a signed constant it holds below 64. */
function leb(value: number): readonly number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest >>>= 7) bytes.push((rest & 127) | 128);
  bytes.push(rest);
  return bytes;
}
