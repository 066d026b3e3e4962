// The order in which steps run: a step after its operands, and as many steps of one kind in a row as that allows; among the elementwise
// ones as many of one function, so that a processor can foresee where they branch.
import type { Kernel, Op, Stage } from "#features/kernels/kernel.js";

/** A step still to be placed. */
export interface Task {
  readonly op: Op;
  /** Steps of the same routine whose values it reads. */
  readonly needs: readonly Task[];
}

/** The tasks come in an order that would do, too. */
export function schedule(tasks: readonly Task[]): readonly Stage[] {
  return runsOf(tasks, ({ op }) => op.kernel).map(([kernel, run]): Stage => {
    const ops = runsOf(run, ({ op }) => op.fn).flatMap(([, same]) => same.map(({ op }) => op));
    return { kernel, ops };
  });
}

/** Runs of one kind, each behind what it needs of the tasks. */
function runsOf<Kind extends Kernel | Op["fn"]>(tasks: readonly Task[], kindOf: (task: Task) => Kind): [Kind, readonly Task[]][] {
  const placed: [Kind, readonly Task[]][] = [];
  const open = new Set(tasks);
  for (let left = tasks; left.length > 0; left = left.filter((task) => open.has(task))) {
    const runs = new Map<Kind, Set<Task>>();
    const waiting = new Set<Kind>();
    for (const task of left) {
      const kind = kindOf(task);
      const run = runs.get(kind) ?? new Set();
      // Steps of one kind may need one another: they run in order.
      if (task.needs.every((need) => !open.has(need) || run.has(need))) runs.set(kind, run.add(task));
      else waiting.add(kind);
    }
    // A kind of which nothing has to wait is finished with; else the longest run goes first.
    const [kind, run] = [...runs].reduce((best, next) => {
      const complete = Number(!waiting.has(next[0])) - Number(!waiting.has(best[0]));
      return complete > 0 || (complete === 0 && next[1].size > best[1].size) ? next : best;
    });
    placed.push([kind, [...run]]);
    for (const task of run) open.delete(task);
  }
  return placed;
}
