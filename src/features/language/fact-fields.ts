// Which facts a formula reads.
import { type CrossNode, type Node, operandsOf } from "./node.js";

/** The fields that the formulas read, each once, in alphabetical order. */
export function factFields(formulas: readonly (Node | CrossNode)[]): string[] {
  const fields = new Set<string>();
  const visit = (node: Node | CrossNode): void => {
    if (node.op === "input" && node.source.kind === "fact") fields.add(node.source.field);
    for (const x of operandsOf(node)) visit(x);
  };
  formulas.forEach(visit);
  return [...fields].sort();
}
