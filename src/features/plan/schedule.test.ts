// Stages keep every step behind what it needs, and put steps of one kind together.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Kernel, Op } from "#features/kernels/kernel.js";
import { schedule, type Task } from "./schedule.js";

const kernels: readonly Kernel[] = [(): void => undefined, (): void => undefined, (): void => undefined];
const task = (kind: number, needs: readonly Task[]): Task => ({ op: { kernel: kernels[kind] } as Op, needs });

describe("the schedule", () => {
  it("runs every step once and after its operands", () => {
    const drafts = fc.array(fc.tuple(fc.nat(2), fc.array(fc.nat(40), { maxLength: 3 })), { maxLength: 40 });
    fc.assert(
      fc.property(drafts, (list) => {
        const tasks: Task[] = [];
        for (const [kind, needs] of list)
          tasks.push(
            task(
              kind,
              needs.flatMap((n) => tasks[n] ?? []),
            ),
          );
        const stages = schedule(tasks);
        const order = stages.flatMap(({ ops }) => ops);
        expect(new Set(order)).toEqual(new Set(tasks.map(({ op }) => op)));
        expect(order.length).toBe(tasks.length);
        for (const { op, needs } of tasks) for (const need of needs) expect(order.indexOf(need.op)).toBeLessThan(order.indexOf(op));
        for (const { kernel, ops } of stages) for (const op of ops) expect(op.kernel).toBe(kernel);
      }),
    );
  });

  it("lets steps of one kind that need one another share a stage", () => {
    const a = task(0, []);
    const b = task(1, []);
    const c = task(0, [a]);
    const d = task(1, [c]);
    expect(schedule([a, b, c, d]).map(({ ops }) => ops)).toEqual([
      [a.op, c.op],
      [b.op, d.op],
    ]);
  });

  it("puts elementwise steps of one function in a row within their stage", () => {
    const step = (fn: "add" | "mul", needs: readonly Task[]): Task => ({ op: { kernel: kernels[0], fn } as Op, needs });
    const a = step("add", []);
    const b = step("mul", []);
    const c = step("add", []);
    const d = step("mul", [c]);
    const e = step("add", [d]);
    expect(schedule([a, b, c, d, e]).map(({ ops }) => ops)).toEqual([[a.op, c.op, b.op, d.op, e.op]]);
  });
});
