// Averages over real sockets on the loopback interface: right, the same everywhere, closed to strangers, loud when somebody is gone.
import { once } from "node:events";
import { connect } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import type { TruewindError } from "#base/errors.js";
import { createRng } from "#base/rng.js";
import { type ExchangeOptions, hostExchange, joinExchange, type ProcessExchange } from "./exchange.js";

const token = "a token of some length";
const open: ProcessExchange[] = [];
afterEach(() => open.splice(0).forEach((exchange) => exchange.close()));

async function star(workers: number): Promise<readonly ProcessExchange[]> {
  const { port, joined } = await hostExchange({ workers, token, port: 0 });
  // In another order than that of ranks.
  const others = Array.from({ length: workers - 1 }, (_, i) => joinExchange({ rank: workers - 1 - i, workers, token, port }));
  const all = [await joined, ...(await Promise.all(others)).reverse()];
  open.push(...all);
  return all;
}

async function failure(promise: Promise<unknown>): Promise<TruewindError> {
  return promise.then(
    () => expect.unreachable("it did not fail"),
    (error: unknown) => error as TruewindError,
  );
}

describe("an exchange over processes", () => {
  it.each([1, 2, 5])("gives %i processes the same weighted mean", async (workers) => {
    const all = await star(workers);
    expect(all.map(({ rank }) => rank)).toEqual(Array.from({ length: workers }, (_, rank) => rank));
    const rng = createRng("vectors");
    // More than one packet each.
    const vectors = all.map(() => Float32Array.from({ length: 100_000 }, () => rng.normal()));
    const weights = all.map((_, rank) => rank + 0.5);
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const means = vectors[0]?.map(
      (_, i) => vectors.reduce((sum, vector, rank) => sum + (weights[rank] as number) * (vector[i] as number), 0) / total,
    );
    const totals = await Promise.all(all.map((exchange, rank) => exchange.average(vectors[rank] as Float32Array, weights[rank] as number)));
    expect(totals).toEqual(all.map(() => total));
    for (const vector of vectors) expect(Buffer.compare(Buffer.from(vector.buffer), Buffer.from((means as Float32Array).buffer))).toBe(0);
  });

  it("leaves out who weighs nothing, whatever it sends, and gives zeros where nobody weighs", async () => {
    const [host, other] = (await star(2)) as [ProcessExchange, ProcessExchange];
    const mean = Float32Array.of(1, 2);
    expect(await Promise.all([host.average(mean, 3), other.average(Float32Array.of(Number.NaN, 7), 0)])).toEqual([3, 3]);
    expect([...mean]).toEqual([1, 2]);
    expect(await Promise.all([host.average(mean, 0), other.average(Float32Array.of(5, 7), 0)])).toEqual([0, 0]);
    expect([...mean]).toEqual([0, 0]);
  });

  it("fails for all when one is gone", async () => {
    const [host, second, third] = (await star(3)) as [ProcessExchange, ProcessExchange, ProcessExchange];
    second.close();
    const errors = await Promise.all([failure(host.average(new Float32Array(9), 1)), failure(third.average(new Float32Array(9), 1))]);
    expect(errors.map(({ code }) => code)).toEqual(["worker-lost", "worker-lost"]);
    expect(errors[0]?.message).toMatch(/^The process of rank 1 is gone .* start all processes again/);
    expect(errors[1]?.message).toMatch(/^The process of rank 0 is gone/);
  });

  it("refuses vectors of another net", async () => {
    const [host, other] = (await star(2)) as [ProcessExchange, ProcessExchange];
    const [error] = await Promise.all([failure(host.average(new Float32Array(9), 1)), failure(other.average(new Float32Array(8), 1))]);
    expect(error.code).toBe("data-changed");
    expect(error.message).toMatch(/rank 1 sent 8 numbers where 9 were due/);
  });

  it("lets in only who knows the token, and goes on waiting for those who do", async () => {
    const { port, joined } = await hostExchange({ workers: 2, token, port: 0 });
    const join = (more: Partial<ExchangeOptions & { rank: number }>) => joinExchange({ rank: 1, workers: 2, token, port, ...more });
    expect((await failure(join({ token: "another token of some length" }))).message).toMatch(/has another token/);
    expect((await failure(join({ token: "short" }))).message).toMatch(/at least 16 characters/);
    expect((await failure(join({ workers: 3 }))).message).toMatch(/expects 3 processes, and there shall be 2/);
    expect((await failure(join({ rank: 2 }))).message).toMatch(/no rank 2 among 2/);
    const stranger = connect(port, "127.0.0.1");
    stranger.write(Buffer.from("GET / HTTP/1.1\r\n\r\n"));
    await once(stranger, "close");
    open.push(await join({}), await joined);
    expect((await failure(join({ joinWithinMs: 100 }))).code).toBe("worker-lost");
  });

  it("does not wait for ever", async () => {
    const { joined, port } = await hostExchange({ workers: 2, token, port: 0, joinWithinMs: 50 });
    expect((await failure(joined)).message).toBe("Only 1 of 2 processes came together within 0.05 s: start all of them.");
    expect((await failure(joinExchange({ rank: 1, workers: 2, token, port, joinWithinMs: 50 }))).message).toMatch(/^Nobody listens at/);
  });
});
