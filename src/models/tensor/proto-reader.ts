// Reads protocol buffers field by field (wire format of protobuf 3), without a copy. Foreign bytes: whatever does not fit is a RangeError.

export interface ProtoField {
  readonly number: number;
  /** Of integers, as unsigned 64 bits; 0 for all others. */
  readonly integer: bigint;
  /** Of texts, messages, bytes and packed lists, a view; empty for all others. */
  readonly bytes: Uint8Array;
}

const NOTHING = new Uint8Array(0);

export function* readFields(bytes: Uint8Array): Generator<ProtoField> {
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined) throw new RangeError("the bytes end within a number");
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return BigInt.asUintN(64, value);
    }
    throw new RangeError("a number of more than ten bytes");
  };
  const take = (length: number): Uint8Array => {
    if (!(at + length <= bytes.length)) throw new RangeError(`the bytes end at ${bytes.length} where ${at + length} were expected`);
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const key = Number(varint());
    const number = Math.floor(key / 8);
    if (number === 0) throw new RangeError("a field without a number");
    switch (key % 8) {
      case 0:
        yield { number, integer: varint(), bytes: NOTHING };
        break;
      case 1:
        yield { number, integer: 0n, bytes: take(8) };
        break;
      case 2:
        yield { number, integer: 0n, bytes: take(Number(varint())) };
        break;
      case 5:
        yield { number, integer: 0n, bytes: take(4) };
        break;
      default:
        throw new RangeError(`a field of the unknown kind ${key % 8}`);
    }
  }
}

/** Throws RangeError when it is no UTF-8. */
export function toText(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new RangeError("a text that is no UTF-8");
  }
}
