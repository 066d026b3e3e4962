// No ambient clock, chance, environment or locale outside adapters and app; no ApprovedOrder minted outside risk.
// Works on the syntax tree, so that comments and strings never count.
import ts from "typescript";
import { isTest, isTypeScript, type SourceFile, type Violation } from "./repository.js";

/** Globals that may not be named at all. */
const bannedNames = new Map([
  ["performance", "reads the host's clock"],
  ["randomUUID", "is ambient chance: use base/rng.ts"],
  ["getRandomValues", "is ambient chance: use base/rng.ts"],
  ["setTimeout", "is a timer: time comes from events"],
  ["setInterval", "is a timer: time comes from events"],
  ["setImmediate", "is a timer: time comes from events"],
]);

/** `object.property` pairs. */
const bannedMembers = new Map([
  ["Date.now", "reads the host's clock: time comes from the event"],
  ["Math.random", "is ambient chance: use base/rng.ts"],
  ["process.env", "reads the environment: config enters through app"],
  ["process.hrtime", "reads the host's clock"],
  ["process.uptime", "reads the host's clock"],
  ["process.argv", "reads the environment: config enters through app"],
  ["process.cwd", "reads the environment: config enters through app"],
]);

/** Methods whose answer depends on the host's time zone or language. */
const bannedMethods = new Set(
  ["getFullYear", "getMonth", "getDate", "getDay", "getHours", "getMinutes", "getTimezoneOffset"].concat([
    "toLocaleString",
    "toLocaleDateString",
    "toLocaleTimeString",
    "localeCompare",
  ]),
);

/** Node modules that hand out clocks, timers, chance or the environment. */
const bannedModules = new Set(["process", "timers", "timers/promises", "perf_hooks", "os"]);

export function checkBannedCalls(files: readonly SourceFile[]): readonly Violation[] {
  return files.filter((file) => isTypeScript(file) && /^(src|test|bench)\//.test(file.path)).flatMap(checkFile);
}

function checkFile(file: SourceFile): readonly Violation[] {
  const ambientAllowed = !file.path.startsWith("src/") || /^src\/(adapters|app)\//.test(file.path) || isTest(file);
  const chanceAllowed = /^src\/(adapters|app)\//.test(file.path) && !isTest(file);
  const mintAllowed = file.path.startsWith("src/risk/") || isTest(file);
  const tree = ts.createSourceFile(file.path, file.text, ts.ScriptTarget.ES2023, true);
  const violations: Violation[] = [];
  const found = (node: ts.Node, message: string): void => {
    violations.push({ path: file.path, line: tree.getLineAndCharacterOfPosition(node.getStart()).line + 1, message });
  };

  const visit = (node: ts.Node): void => {
    const member = memberOf(node);
    if (member === "Math.random" ? !chanceAllowed : !ambientAllowed) {
      const message = ambient(node, member);
      if (message !== null) found(node, message);
    }
    if (!mintAllowed && mints(node)) found(node, "makes an ApprovedOrder: only src/risk may");
    node.forEachChild(visit);
  };
  visit(tree);
  return violations;
}

function ambient(node: ts.Node, member: string | null): string | null {
  if (member !== null && bannedMembers.has(member)) return `${member} ${bannedMembers.get(member)}`;
  if (ts.isPropertyAccessExpression(node) && bannedMethods.has(node.name.text) && !namesLocale(node))
    return `${node.name.text} depends on the host's time zone or language`;
  if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
    const name = node.moduleSpecifier.text.replace(/^node:/, "");
    return bannedModules.has(name) && !importsOnlyConstants(node) ? `imports ${name}, which is ambient` : null;
  }
  if (ts.isNewExpression(node) && isNamed(node.expression, "Date")) {
    const given = node.arguments?.length ?? 0;
    if (given === 0) return "new Date() reads the host's clock: time comes from the event";
    return given > 1 ? "new Date(year, …) depends on the host's time zone: use Date.UTC" : null;
  }
  if (ts.isCallExpression(node) && isNamed(node.expression, "Date")) return "Date() reads the host's clock: time comes from the event";
  if (ts.isVariableDeclaration(node) && node.initializer !== undefined && ts.isIdentifier(node.initializer))
    return ["Date", "Math", "process"].includes(node.initializer.text)
      ? `takes ${node.initializer.text} apart, which hides what is used`
      : null;
  if (ts.isIdentifier(node) && bannedNames.has(node.text) && !isOwnName(node)) return `${node.text} ${bannedNames.get(node.text)}`;
  return null;
}

/** `import { endianness } from "node:os"`: the same for every run of one build. */
function importsOnlyConstants(node: ts.ImportDeclaration): boolean {
  const names = node.importClause?.namedBindings;
  return (
    names !== undefined &&
    ts.isNamedImports(names) &&
    names.elements.every((element) => (element.propertyName ?? element.name).text === "endianness")
  );
}

/** `x.toLocaleString("en-US", …)` says its language. */
function namesLocale(node: ts.PropertyAccessExpression): boolean {
  const call = node.parent;
  if (node.name.text !== "toLocaleString" || !ts.isCallExpression(call) || call.expression !== node) return false;
  const [locale] = call.arguments;
  return locale !== undefined && ts.isStringLiteral(locale);
}

/** `a.b`, `a["b"]` and `globalThis.a.b` as text, or null. */
function memberOf(node: ts.Node): string | null {
  const key = ts.isPropertyAccessExpression(node)
    ? node.name.text
    : ts.isElementAccessExpression(node) && ts.isStringLiteralLike(node.argumentExpression)
      ? node.argumentExpression.text
      : null;
  if (key === null) return null;
  const object = (node as ts.PropertyAccessExpression | ts.ElementAccessExpression).expression;
  if (ts.isIdentifier(object)) return `${object.text}.${key}`;
  return ts.isPropertyAccessExpression(object) && isNamed(object.expression, "globalThis") ? `${object.name.text}.${key}` : null;
}

function isNamed(node: ts.Node, name: string): boolean {
  return ts.isIdentifier(node) && node.text === name;
}

/** A property, parameter or member that merely shares the name, as in `{ performance: 1 }` or `report.performance`. */
function isOwnName(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.name === node && !["crypto", "globalThis"].includes(parent.expression.getText());
  return (
    (ts.isPropertySignature(parent) ||
      ts.isPropertyAssignment(parent) ||
      ts.isPropertyDeclaration(parent) ||
      ts.isMethodDeclaration(parent)) &&
    parent.name === node
  );
}

function mints(node: ts.Node): boolean {
  const type = ts.isAsExpression(node) || ts.isTypeAssertionExpression(node) || ts.isTypePredicateNode(node) ? node.type : undefined;
  return type !== undefined && /\bApprovedOrder\b/.test(type.getText());
}
