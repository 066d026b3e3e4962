// Cycles between folders of src, at every depth: `models` <-> `models/linear` counts. Type imports count; test files do not.
import { posix } from "node:path";
import { parseImports, resolve } from "./import-direction.js";
import { isTest, isTypeScript, type SourceFile } from "./repository.js";

/** Each cycle as its folders in alphabetical order; empty when there are none. */
export function folderCycles(files: readonly SourceFile[]): readonly (readonly string[])[] {
  const graph = new Map<string, Set<string>>();
  for (const file of files) {
    if (!file.path.startsWith("src/") || !isTypeScript(file) || isTest(file)) continue;
    const from = posix.dirname(file.path);
    const targets = graph.get(from) ?? new Set();
    graph.set(from, targets);
    for (const { specifier } of parseImports(file.text)) {
      const target = resolve(file.path, specifier);
      if (target !== null && posix.dirname(target) !== from) targets.add(posix.dirname(target));
    }
  }
  return knots(graph);
}

/** Strongly connected components of more than one node (Tarjan 1972). */
function knots(graph: ReadonlyMap<string, ReadonlySet<string>>): readonly (readonly string[])[] {
  const order = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const found: string[][] = [];
  const visit = (node: string): void => {
    order.set(node, order.size);
    low.set(node, order.get(node) as number);
    stack.push(node);
    for (const next of graph.get(node) ?? []) {
      if (!order.has(next)) visit(next);
      if (stack.includes(next)) low.set(node, Math.min(low.get(node) as number, low.get(next) as number));
    }
    if (low.get(node) !== order.get(node)) return;
    const knot = stack.splice(stack.indexOf(node));
    if (knot.length > 1) found.push(knot.sort());
  };
  for (const node of graph.keys()) if (!order.has(node)) visit(node);
  return found;
}
