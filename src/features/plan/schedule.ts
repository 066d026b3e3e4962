// The order in which steps run: a step after its operands, and as many steps of one kind in a row as that allows.
import type { Kernel, Op, Stage } from "#features/kernels/kernel.js";

/** A step still to be placed. */
export interface Task {
  readonly op: Op;
  /** Steps of the same routine whose values it reads. */
  readonly needs: readonly Task[];
}

/** The tasks come in an order that would do, too. */
export function schedule(tasks: readonly Task[]): readonly Stage[] {
  const stages: Stage[] = [];
  const done = new Set<Task>();
  for (let left = tasks; left.length > 0; left = left.filter((task) => !done.has(task))) {
    const runs = new Map<Kernel, Task[]>();
    const waiting = new Set<Kernel>();
    for (const task of left) {
      const { kernel } = task.op;
      const run = runs.get(kernel) ?? [];
      // Steps of one kind may need one another: a stage runs them in order.
      if (task.needs.every((need) => done.has(need) || run.includes(need))) runs.set(kernel, [...run, task]);
      else waiting.add(kernel);
    }
    // A kind of which nothing has to wait is finished with; else the longest run goes first.
    const [kernel, run] = [...runs].reduce((best, next) => {
      const complete = Number(!waiting.has(next[0])) - Number(!waiting.has(best[0]));
      return complete > 0 || (complete === 0 && next[1].length > best[1].length) ? next : best;
    });
    stages.push({ kernel, ops: run.map(({ op }) => op) });
    for (const task of run) done.add(task);
  }
  return stages;
}
