// An expression as the text of a formula: what `parseFormula` makes into the same expression again.
import type { Dimension } from "#features/inputs/columns.js";
import type { InputSource } from "#features/inputs/source.js";
import type { BinaryFn, CrossNode, Node } from "./node.js";

/** How tightly a text holds together: comparison < sum < product < minus < atom. */
const COMPARISON = 0;
const SUM = 1;
const PRODUCT = 2;
const MINUS = 3;
const ATOM = 4;

export function printFormula(node: Node | CrossNode): string {
  return print(node, COMPARISON);
}

/** In brackets when it holds less tightly than `least`. */
function print(node: Node | CrossNode, least: number): string {
  const [text, tight] = parts(node);
  return tight < least ? `(${text})` : text;
}

function parts(node: Node | CrossNode): readonly [text: string, tight: number] {
  switch (node.op) {
    case "input":
      return [inputText(node.source), ATOM];
    case "constant":
      return [String(node.value), node.value < 0 ? MINUS : ATOM];
    case "unary":
      return node.fn === "neg" ? [`-${print(node.x, ATOM)}`, MINUS] : [`${node.fn}(${print(node.x, COMPARISON)})`, ATOM];
    case "binary":
      return binaryText(node);
    case "where":
      return [call("where", [node.condition, node.x, node.y]), ATOM];
    case "lag":
      return [`${print(node.x, ATOM)}.lag(${node.bars})`, ATOM];
    case "window":
      return [`${print(node.x, ATOM)}.${WINDOWS[node.fn] ?? node.fn}(${node.bars})`, ATOM];
    case "covariance":
      return [`${print(node.x, ATOM)}.cov(${print(node.y, COMPARISON)}, ${node.bars})`, ATOM];
    case "smooth":
      return [`${print(node.x, ATOM)}.${average(node.bars, node.alpha)}`, ATOM];
    case "statistic":
      return [`statistic(${quoted(node.fn)}, ${list(node.xs)}, ${node.bars}, [${node.params.join(", ")}])`, ATOM];
    case "fold":
      return [`fold(${quoted(node.fn)}, ${list(node.xs)}, [${node.params.join(", ")}], ${node.output})`, ATOM];
    case "across": {
      const name = node.within === "universe" ? "across" : "withinSector";
      return [`${name}(${quoted(node.fn)}, ${print(node.x, COMPARISON)}, [${node.params.join(", ")}])`, ATOM];
    }
    case "peer":
      return [`peer(${quoted(node.role)}, ${print(node.x, COMPARISON)})`, ATOM];
    case "rank":
    case "zscore":
      return [call(node.op, [node.x]), ATOM];
    default:
      return node satisfies never;
  }
}

function average(bars: number, alpha: number): string {
  if (alpha === 2 / (bars + 1)) return `ema(${bars})`;
  return alpha === 1 / bars ? `rma(${bars})` : `smooth(${bars}, ${alpha})`;
}

const WINDOWS: Readonly<Record<string, string>> = { max: "rollingMax", min: "rollingMin" };
const SIGNS: Readonly<Partial<Record<BinaryFn, readonly [sign: string, tight: number]>>> = {
  add: [" + ", SUM],
  sub: [" - ", SUM],
  mul: [" * ", PRODUCT],
  div: [" / ", PRODUCT],
  gt: [" > ", COMPARISON],
};

function binaryText({ fn, x, y }: Extract<Node, { op: "binary" }>): readonly [string, number] {
  const sign = SIGNS[fn];
  if (sign === undefined) return [call(fn, [x, y]), ATOM];
  const [between, tight] = sign;
  // What stands right of a sign must hold more tightly: a - (b - c).
  return [`${print(x, fn === "gt" ? SUM : tight)}${between}${print(y, tight + 1)}`, tight];
}

function call(name: string, xs: readonly Node[]): string {
  return `${name}(${xs.map((x) => print(x, COMPARISON)).join(", ")})`;
}

function list(xs: readonly Node[]): string {
  return `[${xs.map((x) => print(x, COMPARISON)).join(", ")}]`;
}

function inputText(source: InputSource): string {
  switch (source.kind) {
    case "bar":
      return source.name;
    case "calendar":
      return `calendar(${quoted(source.name)})`;
    case "tape":
      return `tape(${quoted(source.tape)}, ${quoted(source.column)})`;
    case "fact": {
      const { field, show, back, dimension } = source;
      return `${source.about === "market" ? "marketFact" : "fact"}(${[quoted(field), quoted(show), back, quoted(dimensionWord(dimension))].join(", ")})`;
    }
    default:
      return source satisfies never;
  }
}

function dimensionWord({ price, volume }: Dimension): string {
  if (price === 0) return volume === 0 ? "pure" : "volume";
  return volume === 0 ? "price" : "money";
}

function quoted(text: string): string {
  return `"${text}"`;
}
