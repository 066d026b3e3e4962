// The newest bytes of each name in one hash of a Redis server, of which this process is the only writer. Writes wait in this process, at
// most one entry a name, and go out in batches, one at a time. At the start, and after Redis was gone, slow, full or empty, the hash is
// made anew from what this process has: nothing of an earlier one is left. Trouble is said once, and tried again at growing distances.
import { Redis } from "ioredis";
import type { LatestMirror, MirrorCounters } from "#ports/latest-mirror.js";

export interface RedisMirrorOptions {
  /** `redis://[user:password@]host[:port][/db]` or `rediss://`. Never shown as it is. */
  readonly url: string;
  /** The hash. */
  readonly key: string;
  /** Told once when it stops being written and once when it is whole again. */
  readonly say: (sentence: string) => void;
  /** Within it a batch must be answered, milliseconds. */
  readonly timeoutMs?: number;
  /** First and longest distance between attempts, milliseconds. */
  readonly retryMs?: readonly [first: number, longest: number];
}

const BATCH = 256;
/** Nobody asks for the vectors of a set that was not written for so long, seconds. */
const KEEP_S = 30 * 24 * 3600;

export class RedisMirror implements LatestMirror {
  private readonly redis: Redis;
  private readonly where: string;
  /** Newest bytes of every name: what is written anew after trouble. */
  private readonly all = new Map<string, Uint8Array>();
  /** Names whose newest bytes are still to be sent. */
  private readonly waiting = new Set<string>();
  private anew = true;
  private sending = false;
  private closed = false;
  private cause: unknown = null;
  /** True from a connection to its loss. */
  private linked = false;
  private timer: NodeJS.Timeout | null = null;
  private distance: number;
  private trouble: string | null = null;
  private written = 0;
  private superseded = 0;
  private failures = 0;
  private readonly timeout: number;
  private readonly retry: readonly [number, number];

  constructor(private readonly options: RedisMirrorOptions) {
    this.timeout = options.timeoutMs ?? 1000;
    this.retry = options.retryMs ?? [200, 5000];
    this.distance = this.retry[0];
    this.where = placeOf(options.url);
    this.redis = new Redis(options.url, {
      lazyConnect: true,
      // A command fails at once without a connection: waiting is done here, where it is bounded.
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      connectTimeout: this.timeout,
      commandTimeout: this.timeout,
      // Connecting again is done here as well.
      retryStrategy: () => null,
    });
    // `connect` says only that it failed; why comes here.
    this.redis.on("error", (error: unknown) => (this.cause = error));
    // Lost between two writes: whatever it had may be lost as well.
    this.redis.on("end", () => {
      if (this.linked && !this.closed) this.fail(new Error("the connection is lost"));
    });
  }

  get counters(): MirrorCounters {
    const { written, superseded, failures, waiting, trouble } = this;
    return { written, superseded, failures, waiting: waiting.size, trouble };
  }

  put(name: string, bytes: Uint8Array): void {
    if (this.closed) return;
    this.all.set(name, bytes);
    if (this.waiting.has(name)) this.superseded++;
    else this.waiting.add(name);
    if (this.timer === null && !this.sending) void this.send();
  }

  async load(): Promise<ReadonlyMap<string, Uint8Array>> {
    try {
      await this.connect();
      const found = new Map(Object.entries(await this.redis.hgetallBuffer(this.options.key)));
      // Who reads goes on from there: what it does not make itself stays.
      for (const [name, bytes] of found) if (!this.all.has(name)) this.all.set(name, bytes);
      return found;
    } catch (error) {
      this.fail(error);
      return new Map();
    }
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    // One attempt, not longer than one batch may take; with trouble there is no point in it.
    if (this.trouble === null && (this.waiting.size > 0 || this.sending)) {
      const deadline = new Promise<void>((resolve) => setTimeout(resolve, this.timeout).unref());
      await Promise.race([deadline, this.drain()]);
    }
    this.redis.disconnect();
  }

  /** Sends what waits, batch by batch, until nothing waits or an attempt fails. */
  private async send(): Promise<void> {
    this.sending = true;
    try {
      while (this.waiting.size > 0) await this.sendBatch();
      if (this.trouble !== null) this.healed();
    } catch (error) {
      this.fail(error);
    } finally {
      this.sending = false;
    }
  }

  private async drain(): Promise<void> {
    while (this.sending) await new Promise<void>((resolve) => setTimeout(resolve, 5));
    if (this.waiting.size > 0) await this.send();
  }

  private async sendBatch(): Promise<void> {
    await this.connect();
    if (this.anew) for (const name of this.all.keys()) this.waiting.add(name);
    const names = [...this.waiting].slice(0, BATCH);
    const fields = names.flatMap((name) => [name, Buffer.from(this.all.get(name) as Uint8Array)]);
    for (const name of names) this.waiting.delete(name);
    try {
      if (this.anew) await this.redis.del(this.options.key);
      this.anew = false;
      await this.redis.hset(this.options.key, ...fields);
      await this.redis.expire(this.options.key, KEEP_S);
    } catch (error) {
      for (const name of names) this.waiting.add(name);
      throw error;
    }
    this.written += names.length;
  }

  private async connect(): Promise<void> {
    const { redis } = this;
    if (redis.status === "ready") return;
    let timer: NodeJS.Timeout | undefined;
    this.cause = null;
    // A server that accepts and then says nothing would hold `connect` for ever.
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error("it does not answer")), this.timeout);
    });
    try {
      await Promise.race([redis.connect(), late]);
      this.linked = true;
    } catch (error) {
      throw this.cause ?? error;
    } finally {
      clearTimeout(timer);
    }
  }

  private fail(error: unknown): void {
    this.failures++;
    this.linked = false;
    // Whatever the server still has of ours may be old, partial or gone.
    this.anew = true;
    for (const name of this.all.keys()) this.waiting.add(name);
    const reason = reasonOf(error);
    if (this.trouble === null) {
      this.options.say(`Redis at ${this.where} cannot be used for now: ${reason}. Feature vectors stay in this process and in the file.`);
    }
    this.trouble = reason;
    if (this.closed) return;
    // A connection that was slow holds answers that nobody waits for any more: a new one begins clean.
    this.redis.disconnect();
    this.timer ??= setTimeout(() => {
      this.timer = null;
      if (!this.sending) void this.send();
    }, this.distance).unref();
    this.distance = Math.min(this.retry[1], this.distance * 2);
  }

  private healed(): void {
    this.trouble = null;
    this.distance = this.retry[0];
    this.options.say(`Redis at ${this.where} is written again, and has all feature vectors.`);
  }
}

/** Host and port only: a URL may hold a password. */
function placeOf(url: string): string {
  try {
    const { hostname, port } = new URL(url);
    return `${hostname === "" ? "localhost" : hostname}:${port === "" ? "6379" : port}`;
  } catch {
    return "the address of TRUEWIND_REDIS_URL";
  }
}

function reasonOf(error: unknown): string {
  const { message, code } = error as NodeJS.ErrnoException;
  if (message.startsWith("OOM")) return "its memory is full";
  if (message.startsWith("WRONGPASS") || message.startsWith("NOAUTH")) return "it refuses the password";
  if (message.startsWith("LOADING")) return "it is still loading its data";
  if (message.startsWith("READONLY")) return "it is a read-only replica";
  if (code === "ECONNREFUSED" || message.includes("ECONNREFUSED")) return "nobody listens there";
  if (/timed? ?out|ETIMEDOUT|does not answer/i.test(message)) return "it does not answer in time";
  return "the connection is lost";
}
