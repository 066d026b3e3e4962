// A paper session that publishes its feature vectors: into a file always, into a real Redis when the environment names one. Whatever
// Redis does, the session's orders are the same.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cli, createCli, experimentYaml, simulateMarket } from "#test/fixtures/cli.js";
import { createRedisServer, haveRedis } from "#test/fixtures/redis-server.js";

const PAPER = ["paper", "small.yaml", "--sessions", "30", "--json"];
const ONLINE = ["features", "online", "small.yaml", "--json"];

interface Online {
  readonly newest: number;
  readonly vectors: readonly {
    readonly symbol: string;
    readonly asOf: number;
    readonly stale: boolean;
    readonly sound: boolean;
    readonly values: object;
  }[];
}

let cli: Cli;
let orders: string;
let before: Awaited<ReturnType<Cli["run"]>>;
beforeAll(async () => {
  cli = createCli("online");
  await simulateMarket(cli);
  cli.write("small.yaml", experimentYaml());
  before = await cli.run(ONLINE);
  orders = ((await cli.json(PAPER)) as { hash: string }).hash;
});
afterAll(() => cli.dispose());

const without = { TRUEWIND_REDIS_URL: "" };

describe("a paper session", () => {
  it("is asked for vectors before it has run", () => {
    expect(before.code).toBe(1);
    expect(before.stdout).toContain("There are no vectors");
  });

  it("leaves its newest vectors in a file, marked by their moment", async () => {
    const { newest, vectors } = (await cli.json(ONLINE)) as Online;
    expect(vectors.length).toBeGreaterThan(15);
    for (const vector of vectors) {
      expect(vector.stale).toBe(vector.asOf < newest);
      if (vector.sound) expect(Object.keys(vector.values).length).toBeGreaterThan(20);
    }
    expect(vectors.some(({ sound }) => sound)).toBe(true);
  });

  it("gives nothing to an experiment with other features", async () => {
    cli.write("other.yaml", experimentYaml({ features: ["mom_20", "vol_20"] }));
    const { code, stderr } = await cli.run(["features", "online", "other.yaml"]);
    expect(code).toBe(1);
    expect(stderr).toContain("There are no vectors");
  });

  it.skipIf(!haveRedis())("writes the same into Redis, from where they are read without the file", async () => {
    const server = await createRedisServer("s3cret");
    await server.start();
    try {
      const env = { TRUEWIND_REDIS_URL: server.url };
      const fromFile = (await cli.json(ONLINE)) as Online;
      const session = await cli.run(PAPER, { env });
      expect((JSON.parse(session.stdout) as { hash: string }).hash).toBe(orders);
      expect(session.stderr).not.toContain("Redis");
      rmSync(join(cli.workspace, "features", "online"), { recursive: true });
      const fromRedis = JSON.parse((await cli.run(ONLINE, { env })).stdout) as Online;
      expect(fromRedis).toEqual(fromFile);
      expect((await cli.run(ONLINE, { env: without })).code).toBe(1);
    } finally {
      await server.dispose();
    }
  });

  it.skipIf(!haveRedis())("goes on when Redis dies and comes back empty, with the same orders", async () => {
    const server = await createRedisServer();
    await server.start();
    try {
      const session = cli.start([...PAPER, "--pace", "10"], { env: { TRUEWIND_REDIS_URL: server.url } });
      for (let tries = 0; tries < 600 && !(await server.ask("DBSIZE")).startsWith(":1"); tries++) await wait(20);
      await server.stop();
      await wait(500);
      await server.start();
      const { code, stdout, stderr } = await session.ended;
      expect(code, stderr).toBe(0);
      expect((JSON.parse(stdout) as { hash: string }).hash).toBe(orders);
      expect(stderr.match(/Redis at \S+ cannot be used/g)).toHaveLength(1);
      expect(stderr.match(/is written again/g)).toHaveLength(1);
      rmSync(join(cli.workspace, "features", "online"), { recursive: true });
      const { vectors } = JSON.parse((await cli.run(ONLINE, { env: { TRUEWIND_REDIS_URL: server.url } })).stdout) as Online;
      expect(vectors.length).toBeGreaterThan(15);
    } finally {
      await server.dispose();
    }
  });

  it("runs without a Redis that was named, and says it once", async () => {
    const { code, stdout, stderr } = await cli.run(PAPER, { env: { TRUEWIND_REDIS_URL: "redis://:s3cret@127.0.0.1:1/0" } });
    expect(code).toBe(0);
    expect((JSON.parse(stdout) as { hash: string }).hash).toBe(orders);
    expect(stderr.match(/Redis at 127.0.0.1:1 cannot be used for now: nobody listens there/g)).toHaveLength(1);
    expect(stderr).not.toContain("s3cret");
    const refused = await cli.run(PAPER, { env: { TRUEWIND_REDIS_URL: "s3cret" } });
    expect(refused.code).toBe(2);
    expect(refused.stdout + refused.stderr).not.toContain("s3cret");
  });
});
