// A mirror in Redis against a real redis-server that is stopped, slow, paused, restarted empty, full, and locked.
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createRedisServer, createSlowWire, haveRedis, type RedisServer } from "#test/fixtures/redis-server.js";
import { RedisMirror } from "./redis-mirror.js";

const KEY = "truewind:test";
const bytes = (text: string): Uint8Array => Buffer.from(text);

async function until(what: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 1000; tries++) {
    if (await what()) return;
    await wait(10);
  }
  expect.fail("it never came to that");
}

describe.skipIf(!haveRedis())("a mirror in Redis", () => {
  let server: RedisServer;
  let said: string[];
  let mirrors: RedisMirror[];
  beforeEach(async () => {
    server = await createRedisServer();
    said = [];
    mirrors = [];
  });
  afterEach(async () => {
    for (const mirror of mirrors) await mirror.close();
    await server.dispose();
  });

  function open(url = server.url, key = KEY): RedisMirror {
    const mirror = new RedisMirror({ url, key, say: (sentence) => said.push(sentence), timeoutMs: 250, retryMs: [20, 100] });
    mirrors.push(mirror);
    return mirror;
  }

  /** What the server has, read by a mirror of its own. */
  async function kept(): Promise<Record<string, string>> {
    const reader = open();
    const found = [...(await reader.load())].map(([name, value]) => [name, Buffer.from(value).toString()]);
    await reader.close();
    return Object.fromEntries(found) as Record<string, string>;
  }

  const settled = (mirror: RedisMirror): Promise<void> => until(() => mirror.counters.waiting === 0 && mirror.counters.trouble === null);

  it("keeps the newest of each name, and another process reads it back", async () => {
    await server.start();
    const mirror = open();
    for (let round = 0; round < 50; round++) for (const name of ["A", "B", "C"]) mirror.put(name, bytes(`${name}${round}`));
    await settled(mirror);
    expect(await kept()).toEqual({ A: "A49", B: "B49", C: "C49" });
    expect(mirror.counters.superseded).toBeGreaterThan(0);
    expect(await open(server.url, "truewind:other").load()).toEqual(new Map());
    expect(said).toEqual([]);
  });

  it("leaves nothing of an earlier process, unless it was read back first", async () => {
    await server.start();
    const first = open();
    first.put("A", bytes("a1"));
    first.put("B", bytes("b1"));
    await first.close();
    const second = open();
    await second.load();
    second.put("A", bytes("a2"));
    await second.close();
    expect(await kept()).toEqual({ A: "a2", B: "b1" });
    const third = open();
    third.put("C", bytes("c1"));
    await third.close();
    expect(await kept()).toEqual({ C: "c1" });
  });

  it("never lets more wait than there are names, and `put` returns at once while nobody listens", async () => {
    const mirror = open();
    for (let round = 0; round < 20_000; round++) mirror.put(`N${round % 40}`, bytes(String(round)));
    expect(mirror.counters.waiting).toBeLessThanOrEqual(40);
    await until(() => mirror.counters.failures >= 5);
    expect(mirror.counters.waiting).toBe(40);
    expect(said).toEqual([
      `Redis at 127.0.0.1:${server.port} cannot be used for now: nobody listens there. Feature vectors stay in this process and in the file.`,
    ]);
    await server.start();
    await settled(mirror);
    expect(Object.keys(await kept())).toHaveLength(40);
    expect((await kept())["N39"]).toBe("19999");
    expect(said[1]).toBe(`Redis at 127.0.0.1:${server.port} is written again, and has all feature vectors.`);
    expect(said).toHaveLength(2);
  });

  it("says once that Redis was stopped, and writes everything anew when it comes back empty", async () => {
    await server.start();
    const mirror = open();
    mirror.put("A", bytes("a1"));
    mirror.put("B", bytes("b1"));
    await settled(mirror);
    await server.stop();
    await until(() => mirror.counters.trouble !== null); // noticed although nothing was written meanwhile
    mirror.put("A", bytes("a2"));
    await until(() => mirror.counters.failures >= 4);
    expect(said).toHaveLength(1);
    await server.start();
    expect(await server.ask(`HLEN ${KEY}`)).toMatch(/^:[02]/); // empty, or healed meanwhile
    await settled(mirror);
    expect(await kept()).toEqual({ A: "a2", B: "b1" });
    expect(said).toHaveLength(2);
  });

  it("gives up on a slow wire in time, goes on, and heals when it is quick again", async () => {
    await server.start();
    const wire = await createSlowWire(server.port);
    const mirror = open(wire.url);
    mirror.put("A", bytes("a1"));
    await settled(mirror);
    wire.delay = 1000;
    mirror.put("A", bytes("a2"));
    await until(() => mirror.counters.trouble !== null);
    for (let round = 0; round < 1000; round++) mirror.put("A", bytes(`a${round}`));
    await until(() => mirror.counters.failures >= 3);
    expect(said).toEqual([expect.stringContaining("it does not answer in time")]);
    wire.delay = 0;
    await settled(mirror);
    expect(await kept()).toEqual({ A: "a999" });
    expect(said).toHaveLength(2);
    await mirror.close();
    await wire.close();
  });

  it("survives a server that is paused", async () => {
    await server.start();
    const mirror = open();
    mirror.put("A", bytes("a1"));
    await settled(mirror);
    await server.ask("CLIENT PAUSE 1500 ALL");
    mirror.put("A", bytes("a2"));
    await until(() => mirror.counters.trouble !== null);
    expect(said).toEqual([expect.stringContaining("it does not answer in time")]);
    expect(await open().load()).toEqual(new Map()); // a reader does not hang either
    await settled(mirror);
    expect(await kept()).toEqual({ A: "a2" });
  });

  it("says that the memory is full, and writes again when there is room", async () => {
    await server.start();
    await server.ask("CONFIG SET maxmemory-policy noeviction");
    await server.ask("CONFIG SET maxmemory 1");
    const mirror = open();
    mirror.put("A", bytes("a1"));
    await until(() => mirror.counters.failures >= 3);
    expect(said).toEqual([expect.stringContaining("its memory is full")]);
    await server.ask("CONFIG SET maxmemory 0");
    await settled(mirror);
    expect(await kept()).toEqual({ A: "a1" });
    expect(said).toHaveLength(2);
  });

  it("writes what waits when it is closed, and does not hang when it cannot", async () => {
    await server.start();
    const mirror = open();
    for (let n = 0; n < 600; n++) mirror.put(`N${n}`, bytes(String(n)));
    await mirror.close();
    expect(Object.keys(await kept())).toHaveLength(600);
    await server.stop();
    const gone = open();
    gone.put("A", bytes("a"));
    await gone.close();
    mirror.put("A", bytes("too late"));
    expect(mirror.counters.waiting).toBe(0);
  });

  it("never says the password", async () => {
    const locked = await createRedisServer("s3cret-word");
    try {
      await locked.start();
      const right = open(locked.url);
      right.put("A", bytes("a"));
      await settled(right);
      const wrong = open(locked.url.replace("s3cret-word", "wr0ng-word"));
      wrong.put("A", bytes("a"));
      await until(() => wrong.counters.trouble !== null);
      const stopped = open(locked.url);
      await locked.stop();
      stopped.put("A", bytes("a"));
      await until(() => stopped.counters.trouble !== null);
      expect(said.length).toBeGreaterThanOrEqual(2);
      expect(said[0]).toContain("it refuses the password");
      for (const sentence of said) expect(sentence).not.toMatch(/s3cret|wr0ng/);
    } finally {
      await locked.dispose();
    }
  });
});
