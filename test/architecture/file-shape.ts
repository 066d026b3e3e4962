// Size, names and exports of source files, and the folders that exist at all.
import ts from "typescript";
import { mayImport } from "./import-direction.js";
import { isTest, isTypeScript, type SourceFile, type Violation } from "./repository.js";

const MAX_LINES = 500;
export const MAX_MEDIAN_LINES = 120;
const vagueFolders = new Set(["utils", "util", "common", "core", "helpers", "helper", "shared", "misc", "lib"]);
const kebab = /^[a-z0-9]+(-[a-z0-9]+)*$/;
/** File name without its extension: kebab-case, with at most one word after a dot that says its role. */
const fileName = /^[a-z0-9]+(-[a-z0-9]+)*(\.(test|fail|pass|worker|d|config|as))?\.(ts|js)$/;

export function checkFileShape(files: readonly SourceFile[]): readonly Violation[] {
  return files.filter((file) => /^(src|test|bench|scripts|bin|examples)\//.test(file.path)).flatMap(checkFile);
}

/** Median of lines per source file of src, tests left out; 0 when there are none. */
export function medianLines(files: readonly SourceFile[]): number {
  const lines = files.filter((file) => file.path.startsWith("src/") && isTypeScript(file) && !isTest(file)).map(lineCount);
  lines.sort((a, b) => a - b);
  const middle = lines.length >> 1;
  return lines.length === 0
    ? 0
    : lines.length % 2 === 1
      ? (lines[middle] as number)
      : ((lines[middle - 1] as number) + (lines[middle] as number)) / 2;
}

export function lineCount(file: SourceFile): number {
  return file.text.replace(/\n$/, "").split("\n").length;
}

function checkFile(file: SourceFile): readonly Violation[] {
  const violations: Violation[] = [];
  const found = (line: number, message: string): void => void violations.push({ path: file.path, line, message });
  const folders = file.path.split("/").slice(0, -1);
  const name = file.path.split("/").at(-1) ?? "";
  for (const folder of folders) if (vagueFolders.has(folder)) found(0, `lies in a folder called "${folder}", which says nothing`);
  if (folders[0] === "src" && folders.length > 1 && !Object.hasOwn(mayImport, folders[1] as string))
    found(0, `lies in src/${folders[1]}, which is none of the sixteen folders`);
  if (folders.length === 1 && folders[0] === "src" && name !== "index.ts") found(0, "lies directly in src: only index.ts may");
  if (!/\.(ts|js)$/.test(name)) return violations;

  for (const folder of folders) if (!kebab.test(folder)) found(0, `has a folder that is not kebab-case: ${folder}`);
  if (!fileName.test(name)) found(0, "is not named in kebab-case");
  const lines = lineCount(file);
  if (lines > MAX_LINES) found(0, `has ${lines} lines; ${MAX_LINES} is the limit`);
  if (!name.endsWith(".test.ts") && !/^(#!.*\n)?(\/\/|\/\*)/.test(file.text))
    found(1, "does not start with a comment that says what it is");
  violations.push(...checkExports(file));
  return violations;
}

function checkExports(file: SourceFile): readonly Violation[] {
  const violations: Violation[] = [];
  const tree = ts.createSourceFile(file.path, file.text, ts.ScriptTarget.ES2023, true);
  const found = (node: ts.Node, message: string): void => {
    violations.push({ path: file.path, line: tree.getLineAndCharacterOfPosition(node.getStart()).line + 1, message });
  };
  for (const node of tree.statements) {
    const modifiers = ts.canHaveModifiers(node) ? (ts.getModifiers(node) ?? []) : [];
    const isDefault = ts.isExportAssignment(node) || modifiers.some((m) => m.kind === ts.SyntaxKind.DefaultKeyword) || exportsDefault(node);
    if (isDefault) found(node, "has a default export");
    if (ts.isExportDeclaration(node) && node.exportClause === undefined && file.path !== "src/index.ts")
      found(node, "re-exports everything: no barrels");
  }
  const onlyReexports =
    tree.statements.length > 0 && tree.statements.every((node) => ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined);
  if (onlyReexports && file.path !== "src/index.ts")
    violations.push({ path: file.path, line: 0, message: "is a barrel: it holds only re-exports" });
  return violations;
}

/** `export { x as default }`. */
function exportsDefault(node: ts.Statement): boolean {
  return (
    ts.isExportDeclaration(node) &&
    node.exportClause !== undefined &&
    ts.isNamedExports(node.exportClause) &&
    node.exportClause.elements.some((element) => element.name.text === "default")
  );
}
