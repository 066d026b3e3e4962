// Frames over a socket: a length of four bytes (little-endian) and as many bytes. What comes is handed out in order, one frame at a time.
import type { Socket } from "node:net";
import { TruewindError } from "#base/errors.js";

const HEADER = 4;
/** A frame before the other side has shown that it knows the token. */
export const SMALL_FRAME = 1024;

export interface Wire {
  readonly socket: Socket;
  /** The other side, for messages. */
  who: string;
  /** Larger frames end the connection. Bytes. */
  limit: number;
  /** Throws `worker-lost` when the connection ends before. */
  receive(): Promise<Uint8Array>;
  /** Resolves when the bytes have been handed to the system: their memory may then be used again. */
  send(...parts: readonly Uint8Array[]): Promise<void>;
}

export function openWire(socket: Socket, who: string): Wire {
  socket.setNoDelay(true);
  const frames: Uint8Array[] = [];
  let waiting: { resolve: (frame: Uint8Array) => void; reject: (error: Error) => void } | null = null;
  let broken: TruewindError | null = null;
  const header = Buffer.alloc(HEADER);
  let frame: Uint8Array | null = null;
  let filled = 0;

  const fail = (why: string): void => {
    broken ??= new TruewindError("worker-lost", `${wire.who} is gone (${why}): start all processes again, they go on from the checkpoint.`);
    socket.destroy();
    waiting?.reject(broken);
    waiting = null;
  };
  const deliver = (whole: Uint8Array): void => {
    if (waiting === null) frames.push(whole);
    else waiting.resolve(whole);
    waiting = null;
  };

  const wire: Wire = {
    socket,
    who,
    limit: SMALL_FRAME,
    receive() {
      const next = frames.shift();
      if (next !== undefined) return Promise.resolve(next);
      if (broken !== null) return Promise.reject(broken);
      return new Promise((resolve, reject) => (waiting = { resolve, reject }));
    },
    send(...parts) {
      if (broken !== null) return Promise.reject(broken);
      const length = Buffer.alloc(HEADER);
      length.writeUInt32LE(parts.reduce((sum, part) => sum + part.byteLength, 0));
      socket.cork();
      const sent = [length, ...parts].map(
        (part) =>
          new Promise<void>((resolve, reject) =>
            socket.write(part, (error) => {
              if (error === null || error === undefined) resolve();
              else {
                fail(error.message);
                reject(broken as TruewindError);
              }
            }),
          ),
      );
      socket.uncork();
      return Promise.all(sent).then(() => undefined);
    },
  };

  socket.on("data", (chunk) => {
    for (let at = 0; at < chunk.length; ) {
      const target = frame ?? header;
      const taken = Math.min(target.length - filled, chunk.length - at);
      target.set(chunk.subarray(at, at + taken), filled);
      filled += taken;
      at += taken;
      if (filled < target.length) continue;
      filled = 0;
      if (frame === null) {
        const length = header.readUInt32LE();
        if (length > wire.limit) {
          fail(`a frame of ${length} bytes where at most ${wire.limit} are due`);
          return;
        }
        frame = new Uint8Array(length);
        if (length > 0) continue;
      }
      deliver(frame);
      frame = null;
    }
  });
  socket.on("error", ({ message }) => fail(message));
  socket.on("close", () => fail("its connection was closed"));
  return wire;
}
