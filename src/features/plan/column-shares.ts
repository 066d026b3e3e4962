// Which columns of a plan go to which thread: runs of neighbors of about equal cost, because neighbors of a catalog share expressions.
import type { FeatureDefinition } from "#features/language/definition.js";
import { type CrossNode, type Node, operandsOf } from "#features/language/node.js";

/** What a step costs beside a plain one: of a window per so many bars as much again, of a recursion, and of a look at all instruments. */
const BARS_OF_ONE = 8;
const FOLD = 20;
const ACROSS = 8;

/** Cuts the definitions, in their order, into `shares` runs; none is empty. There must be at least so many definitions. */
export function shareColumns(definitions: readonly FeatureDefinition[], shares: number): readonly (readonly FeatureDefinition[])[] {
  const known = new Set<Node | CrossNode>();
  const costs = definitions.map(({ expr }) => costOf(expr, known));
  const total = costs.reduce((sum, cost) => sum + cost, 0);
  const runs: FeatureDefinition[][] = Array.from({ length: shares }, () => []);
  let before = 0;
  let at = 0;
  definitions.forEach((definition, k) => {
    const left = definitions.length - k;
    const middle = before + (costs[k] as number) / 2;
    const due = middle > ((at + 1) * total) / shares;
    // The next run begins when its turn has come, or when what is left is just enough for those that are empty.
    if (at < shares - 1 && (runs[at] as FeatureDefinition[]).length > 0 && (due || left <= shares - 1 - at)) at++;
    (runs[at] as FeatureDefinition[]).push(definition);
    before += costs[k] as number;
  });
  return runs;
}

/** Of the nodes that no definition before has. Equal expressions of one catalog are mostly one object. */
function costOf(node: Node | CrossNode, known: Set<Node | CrossNode>): number {
  if (known.has(node)) return 0;
  known.add(node);
  return operandsOf(node).reduce((sum, operand) => sum + costOf(operand, known), ownCost(node));
}

function ownCost(node: Node | CrossNode): number {
  switch (node.op) {
    case "statistic":
      return 1 + (node.bars * node.xs.length) / BARS_OF_ONE;
    case "fold":
      return FOLD;
    case "across":
    case "rank":
    case "zscore":
      return ACROSS;
    default:
      return 1;
  }
}
