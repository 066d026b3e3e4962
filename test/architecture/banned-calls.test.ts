// The bans of architecture 3.6 on this repository, and proof on small bad examples that each can fail.
import { describe, expect, it } from "vitest";
import { checkBannedCalls } from "./banned-calls.js";
import { report, repositoryFiles } from "./repository.js";

const judge = (path: string, text: string): readonly string[] => report(checkBannedCalls([{ path, text }]));

describe("banned calls", () => {
  it("do not occur in this repository", () => {
    expect(report(checkBannedCalls(repositoryFiles()))).toEqual([]);
  });

  it.each([
    "const t = Date.now();",
    "const t = globalThis.Date.now();",
    'const t = Date["now"]();',
    "const t = new Date();",
    "const t = new Date;",
    "const t = Date();",
    "const { now } = Date;",
    "const t = new Date(2020, 1, 1);",
    "const h = day.getHours();",
    "const t = performance.now();",
    "const t = process.hrtime.bigint();",
    'import { performance as p } from "node:perf_hooks";',
    "const x = Math.random();",
    "const { random } = Math;",
    'import { randomUUID } from "node:crypto";',
    "const id = crypto.randomUUID();",
    "setTimeout(go, 5);",
    "globalThis.setInterval(go, 5);",
    "const key = process.env.KEY;",
    'const key = process["env"].KEY;',
    'import { env } from "node:process";',
    'import { endianness, tmpdir } from "node:os";',
    "names.sort((a, b) => a.localeCompare(b));",
    "const text = rows.toLocaleString();",
  ])("are found in the core: %s", (text) => {
    expect(judge("src/features/x.ts", text)).not.toEqual([]);
  });

  it.each([
    "// Date.now() would read the host's clock",
    'const text = "Math.random()";',
    "const t = new Date(ms).toISOString();",
    "const t = Date.UTC(2020, 1, 1);",
    "interface Report { performance: number }",
    "const p = report.performance;",
    'import { endianness } from "node:os";',
    'const text = rows.toLocaleString("en-US");',
  ])("are not seen where there are none: %s", (text) => {
    expect(judge("src/features/x.ts", text)).toEqual([]);
  });

  it("are allowed in adapters, app and tests, except for Math.random in tests", () => {
    expect(judge("src/adapters/clock/wall.ts", "const t = Date.now();")).toEqual([]);
    expect(judge("src/app/main.ts", "const k = process.env.KEY;")).toEqual([]);
    expect(judge("src/data/x.test.ts", "const t = Date.now();")).toEqual([]);
    expect(judge("src/data/x.test.ts", "const x = Math.random();")).toHaveLength(1);
    expect(judge("test/scenarios/x.test.ts", "const x = Math.random();")).toHaveLength(1);
    expect(judge("bench/engine.ts", "const x = Math.random();")).toHaveLength(1);
  });

  it.each([
    "const a = order as ApprovedOrder;",
    "const a = order as unknown as ApprovedOrder;",
    "const a = <ApprovedOrder>order;",
    "const a = orders as readonly ApprovedOrder[];",
    "const is = (o: Order): o is ApprovedOrder => true;",
  ])("include minting an approved order outside risk: %s", (text) => {
    expect(judge("src/execution/x.ts", text)).toHaveLength(1);
    expect(judge("src/app/x.ts", text)).not.toEqual([]);
    expect(judge("src/risk/approve.ts", text)).toEqual([]);
    expect(judge("src/execution/x.test.ts", text)).toEqual([]);
  });
});
