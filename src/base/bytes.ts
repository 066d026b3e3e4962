// A growing binary writer and its reader: little-endian, length-prefixed strings and arrays. Snapshots, artifacts and journals use it.
import { TruewindError } from "./errors.js";

export class ByteWriter {
  private buffer: Buffer;
  private at = 0;

  constructor(capacity = 256) {
    this.buffer = Buffer.allocUnsafe(capacity);
  }

  get length(): number {
    return this.at;
  }

  /** Forgets what was written and keeps the memory. */
  reset(): void {
    this.at = 0;
  }

  u8(value: number): this {
    this.room(1);
    this.at = this.buffer.writeUInt8(value, this.at);
    return this;
  }

  u32(value: number): this {
    this.room(4);
    this.at = this.buffer.writeUInt32LE(value, this.at);
    return this;
  }

  f64(value: number): this {
    this.room(8);
    this.at = this.buffer.writeDoubleLE(value, this.at);
    return this;
  }

  i64(value: bigint): this {
    this.room(8);
    this.at = this.buffer.writeBigInt64LE(value, this.at);
    return this;
  }

  text(value: string): this {
    return this.bytes(Buffer.from(value, "utf8"));
  }

  json(value: unknown): this {
    return this.text(JSON.stringify(value));
  }

  bytes(value: Uint8Array): this {
    this.u32(value.length);
    this.room(value.length);
    this.buffer.set(value, this.at);
    this.at += value.length;
    return this;
  }

  /** Four bytes to be filled in by `endLength`; returns where they are. */
  beginLength(): number {
    this.u32(0);
    return this.at;
  }

  /** Fills in the number of bytes written since `beginLength` returned `start`. */
  endLength(start: number): this {
    this.buffer.writeUInt32LE(this.at - start, start - 4);
    return this;
  }

  f64s(values: Float64Array, start = 0, end = values.length): this {
    this.u32(end - start);
    this.room((end - start) * 8);
    for (let i = start; i < end; i++) this.at = this.buffer.writeDoubleLE(values[i] as number, this.at);
    return this;
  }

  i32s(values: Int32Array, start = 0, end = values.length): this {
    this.u32(end - start);
    this.room((end - start) * 4);
    for (let i = start; i < end; i++) this.at = this.buffer.writeInt32LE(values[i] as number, this.at);
    return this;
  }

  /** A view of what was written; valid until the next write or reset. */
  view(): Buffer {
    return this.buffer.subarray(0, this.at);
  }

  /** A copy of what was written. */
  finish(): Uint8Array {
    return new Uint8Array(this.view());
  }

  private room(extra: number): void {
    if (this.at + extra <= this.buffer.length) return;
    const grown = Buffer.allocUnsafe(Math.max(this.buffer.length * 2, this.at + extra));
    this.buffer.copy(grown, 0, 0, this.at);
    this.buffer = grown;
  }
}

/** Throws `corrupt-artifact` when the bytes end early. */
export class ByteReader {
  private readonly buffer: Buffer;
  private at = 0;

  constructor(bytes: Uint8Array) {
    this.buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get done(): boolean {
    return this.at >= this.buffer.length;
  }

  u8(): number {
    this.need(1);
    return this.buffer.readUInt8(this.at++);
  }

  u32(): number {
    this.need(4);
    this.at += 4;
    return this.buffer.readUInt32LE(this.at - 4);
  }

  f64(): number {
    this.need(8);
    this.at += 8;
    return this.buffer.readDoubleLE(this.at - 8);
  }

  i64(): bigint {
    this.need(8);
    this.at += 8;
    return this.buffer.readBigInt64LE(this.at - 8);
  }

  text(): string {
    return Buffer.from(this.bytes()).toString("utf8");
  }

  json(): unknown {
    return JSON.parse(this.text());
  }

  bytes(): Uint8Array {
    const length = this.u32();
    this.need(length);
    this.at += length;
    return new Uint8Array(this.buffer.subarray(this.at - length, this.at));
  }

  f64s(): Float64Array {
    const n = this.u32();
    this.need(n * 8);
    const out = new Float64Array(n);
    for (let i = 0; i < n; i++) out[i] = this.f64();
    return out;
  }

  i32s(): Int32Array {
    const n = this.u32();
    this.need(n * 4);
    const out = new Int32Array(n);
    for (let i = 0; i < n; i++, this.at += 4) out[i] = this.buffer.readInt32LE(this.at);
    return out;
  }

  private need(extra: number): void {
    if (this.at + extra > this.buffer.length)
      throw new TruewindError("corrupt-artifact", `The bytes end at ${this.buffer.length} where ${this.at + extra} were expected.`);
  }
}
