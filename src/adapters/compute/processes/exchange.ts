// Gradient averaging over processes: a star around the process of rank 0, over TCP, on the loopback interface unless another host is named.
// Sums are taken in the order of ranks, so that every run and every process gets the same bits. There is no encryption.
import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { TruewindError } from "#base/errors.js";
import type { GradientExchange } from "#ports/gradient-exchange.js";
import { answer, checkToken, identify, introduce } from "./handshake.js";
import { openWire, type Wire } from "./wire.js";

const LOOPBACK = "127.0.0.1";
const JOIN_WITHIN_MS = 60_000;
const RETRY_MS = 50;
/** For a process to show that it knows the token. */
const HANDSHAKE_MS = 10_000;
const WEIGHT = 8;

export interface ProcessExchange extends GradientExchange {
  /** Ends the connections: processes that still wait for this one get `worker-lost`. */
  close(): void;
}

export interface ExchangeOptions {
  readonly workers: number;
  /** Shared secret of at least 16 characters. */
  readonly token: string;
  /** Address; the loopback interface when left out. */
  readonly host?: string;
  /** Port of rank 0. */
  readonly port: number;
  /** How long to wait for the others, milliseconds; a minute when left out. */
  readonly joinWithinMs?: number;
}

export interface Hosted {
  /** The port that others join at: the one asked for, or a free one where 0 was asked for. */
  readonly port: number;
  /** When all have joined. Throws `worker-lost` when they do not in time. */
  readonly joined: Promise<ProcessExchange>;
}

/** The process of rank 0. */
export async function hostExchange(options: ExchangeOptions): Promise<Hosted> {
  const { workers, token, host = LOOPBACK, port } = options;
  checkToken(token);
  const wires = new Map<number, Wire>();
  const server = createServer();
  server.listen(port, host);
  await once(server, "listening");
  const listening = (server.address() as { port: number }).port;
  const joined = new Promise<ProcessExchange>((resolve, reject) => {
    const within = options.joinWithinMs ?? JOIN_WITHIN_MS;
    const timer = setTimeout(() => {
      const here = `${wires.size + 1} of ${workers} processes`;
      close(server, wires);
      reject(new TruewindError("worker-lost", `Only ${here} came together within ${within / 1000} s: start all of them.`));
    }, within);
    const complete = (): void => {
      if (wires.size < workers - 1) return;
      clearTimeout(timer);
      server.close();
      resolve(hub(workers, wires, () => close(server, wires)));
    };
    // One that does not know the token, or hangs up, is let go: others may still join.
    server.on("connection", (socket) => void admit(socket, workers, token, wires).then(complete, () => socket.destroy()));
    complete();
  });
  // Whoever awaits it later still gets the rejection.
  joined.catch(() => undefined);
  return { port: listening, joined };
}

async function admit(socket: Socket, workers: number, token: string, wires: Map<number, Wire>): Promise<void> {
  socket.setTimeout(HANDSHAKE_MS, () => socket.destroy());
  const wire = openWire(socket, "A process");
  const place = await identify(wire, token);
  if (place === null) {
    socket.destroy();
    return;
  }
  const { rank } = place;
  const verdict =
    place.workers !== workers
      ? `The process of rank ${rank} expects ${place.workers} processes, and there shall be ${workers}.`
      : rank < 1 || rank >= workers
        ? `There is no rank ${rank} among ${workers} processes.`
        : wires.has(rank)
          ? `There is a process of rank ${rank} already.`
          : "";
  if (verdict === "") {
    wire.who = `The process of rank ${rank}`;
    wire.limit = Number.POSITIVE_INFINITY;
    wires.set(rank, wire);
    socket.setTimeout(0);
    socket.once("close", () => wires.delete(rank));
  }
  await answer(wire, verdict);
}

/** A process of rank 1 and up. Throws `worker-lost` when nobody listens in time, `bad-config` when the two do not belong together. */
export async function joinExchange(options: ExchangeOptions & { readonly rank: number }): Promise<ProcessExchange> {
  const { rank, workers, token, host = LOOPBACK, port } = options;
  checkToken(token);
  const socket = await reach(host, port, options.joinWithinMs ?? JOIN_WITHIN_MS);
  const wire = openWire(socket, "The process of rank 0");
  try {
    await introduce(wire, { rank, workers }, token);
  } catch (error) {
    socket.destroy();
    throw error;
  }
  wire.limit = Number.POSITIVE_INFINITY;
  return {
    rank,
    workers,
    async average(gradient, weight) {
      await wire.send(toBytes(Float64Array.of(weight)), toBytes(gradient));
      const { weight: total, values } = parse(await wire.receive(), gradient.length, "The process of rank 0");
      gradient.set(values);
      return total;
    },
    close: () => socket.destroy(),
  };
}

/** Tries until somebody listens: the processes start in any order. */
async function reach(host: string, port: number, withinMs: number): Promise<Socket> {
  for (let tries = Math.ceil(withinMs / RETRY_MS); ; tries--) {
    const socket = connect(port, host);
    try {
      await once(socket, "connect");
      return socket;
    } catch (cause) {
      socket.destroy();
      if (tries <= 0) throw new TruewindError("worker-lost", `Nobody listens at ${host}:${port}: start the process of rank 0.`, { cause });
      await wait(RETRY_MS);
    }
  }
}

function hub(workers: number, wires: ReadonlyMap<number, Wire>, end: () => void): ProcessExchange {
  const others = Array.from({ length: workers - 1 }, (_, i) => wires.get(i + 1) as Wire);
  return {
    rank: 0,
    workers,
    async average(gradient, weight) {
      try {
        const parts = [{ weight, values: gradient }];
        // One after the other: which of them is late does not matter, since all must be there.
        for (const [i, wire] of others.entries()) parts.push(parse(await wire.receive(), gradient.length, `The process of rank ${i + 1}`));
        const total = mix(parts, gradient);
        await Promise.all(others.map((wire) => wire.send(toBytes(Float64Array.of(total)), toBytes(gradient))));
        return total;
      } catch (error) {
        end();
        throw error;
      }
    },
    close: end,
  };
}

/** Weighted mean in the order of ranks, in double precision, into the first part's own memory. */
function mix(parts: readonly { readonly weight: number; readonly values: Float32Array }[], out: Float32Array): number {
  const counted = parts.filter(({ weight }) => weight > 0);
  const total = counted.reduce((sum, { weight }) => sum + weight, 0);
  if (total === 0) {
    out.fill(0);
    return 0;
  }
  for (let i = 0; i < out.length; i++) {
    let sum = 0;
    for (const { weight, values } of counted) sum += weight * (values[i] as number);
    out[i] = sum / total;
  }
  return total;
}

function parse(frame: Uint8Array, length: number, who: string): { readonly weight: number; readonly values: Float32Array } {
  if (frame.byteLength !== WEIGHT + 4 * length) {
    const sent = (frame.byteLength - WEIGHT) / 4;
    throw new TruewindError("data-changed", `${who} sent ${sent} numbers where ${length} were due: all must train the same net.`);
  }
  return { weight: new Float64Array(frame.buffer, 0, 1)[0] as number, values: new Float32Array(frame.buffer, WEIGHT) };
}

function toBytes({ buffer, byteOffset, byteLength }: Float32Array | Float64Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function close(server: Server, wires: ReadonlyMap<number, Wire>): void {
  server.close();
  for (const { socket } of wires.values()) socket.destroy();
}
