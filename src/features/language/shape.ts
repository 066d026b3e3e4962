// What a formula reads, and its shape: the formula without its numbers.
import type { InputSource } from "#features/inputs/source.js";
import { type CrossNode, type Node, operandsOf } from "./node.js";

/** Names of all inputs, in alphabetical order. */
export function inputsOf(node: Node | CrossNode): readonly string[] {
  const names = new Set<string>();
  const visit = (n: Node | CrossNode): void => {
    if (n.op === "input") names.add(inputName(n.source));
    if (n.op === "peer") names.add(`peer:${n.role}`);
    for (const x of operandsOf(n)) visit(x);
  };
  visit(node);
  return [...names].sort();
}

/** Two formulas have one shape when they differ in lengths, parameters and constants only. */
export function shapeOf(node: Node | CrossNode): string {
  const inside = operandsOf(node).map(shapeOf).join(",");
  switch (node.op) {
    case "input":
      return inputName(node.source);
    case "constant":
      return "#";
    case "unary":
    case "binary":
    case "window":
    case "statistic":
      return `${node.fn}(${inside})`;
    case "fold":
      return `${node.fn}.${node.output}(${inside})`;
    case "across":
      return `${node.within}.${node.fn}(${inside})`;
    case "peer":
      return `${node.role}(${inside})`;
    case "where":
    case "lag":
    case "covariance":
    case "smooth":
    case "rank":
    case "zscore":
      return `${node.op}(${inside})`;
    default:
      return node satisfies never;
  }
}

function inputName(source: InputSource): string {
  switch (source.kind) {
    case "bar":
      return source.name;
    case "calendar":
      return `calendar.${source.name}`;
    case "tape":
      return `${source.tape}.${source.column}`;
    case "fact":
      return `${source.about === "market" ? "market-fact" : "fact"}:${source.field}${source.show === "value" ? "" : `.${source.show}`}`;
    default:
      return source satisfies never;
  }
}
