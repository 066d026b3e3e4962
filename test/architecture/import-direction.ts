// Who may import whom: architecture 3.3 as a table, checked on import lines. Type imports count, `import()` too.
// Test files obey the same table, and may also use #test.
import { posix } from "node:path";
import ts from "typescript";
import { isTest, isTypeScript, type SourceFile, type Violation } from "./repository.js";

const open = ["base", "domain"];
const stages = ["ports", "risk", "execution", "features", "models", "portfolio", "strategy"];
const upToSimulation = [...stages, "data", "engine", "simulation"];

/** Folder -> folders that it may import besides itself. In reading order. */
export const mayImport: Readonly<Record<string, readonly string[]>> = {
  base: [],
  domain: ["base"],
  ports: open,
  data: [...open, "ports"],
  features: [...open, "ports"],
  models: [...open, "ports"],
  portfolio: [...open, "ports"],
  risk: open,
  execution: [...open, "ports"],
  strategy: [...open, "ports", "features", "models", "portfolio"],
  engine: [...open, "ports", "risk", "execution"],
  simulation: [...open, "ports"],
  research: [...open, ...upToSimulation],
  monitoring: [...open, "ports"],
  adapters: [...open, "ports"],
  app: [...open, ...upToSimulation, "research", "monitoring", "adapters"],
};

interface Import {
  readonly specifier: string;
  readonly line: number;
}

/** Every module named by import, export-from, `import()` and `import("…")` types, comments and strings left out. */
export function parseImports(text: string): readonly Import[] {
  return ts.preProcessFile(text, true, true).importedFiles.map(({ fileName, pos }) => ({
    specifier: fileName,
    line: text.slice(0, pos).split("\n").length,
  }));
}

export function checkImports(files: readonly SourceFile[]): readonly Violation[] {
  const violations: Violation[] = [];
  for (const file of files) {
    if (!file.path.startsWith("src/") || !isTypeScript(file)) continue;
    for (const { specifier, line } of parseImports(file.text)) {
      const message = judge(file, specifier);
      if (message !== null) violations.push({ path: file.path, line, message });
    }
    for (const [index, text] of file.text.split("\n").entries()) {
      if (/\bimport\(\s*[^"'`\s)]/.test(text) && !/^\s*(\/\/|\*)/.test(text) && !inFolders(file.path, ["adapters", "app"]))
        violations.push({ path: file.path, line: index + 1, message: "imports a computed name: name the module in quotes" });
    }
  }
  return violations;
}

function judge(file: SourceFile, specifier: string): string | null {
  const from = folderOf(file.path);
  const target = resolve(file.path, specifier);
  if (target === null) return null; // a package or a node module
  if (specifier.startsWith(".") && folderOf(target) !== from) return `leaves ${from} by a relative path: ${specifier}`;
  if (target.startsWith("test/")) return isTest(file) ? null : `imports a test helper: ${specifier}`;
  if (!target.startsWith("src/")) return `imports ${specifier}, which is not part of the product`;
  const to = folderOf(target);
  if (from === "") return null; // src/index.ts is the package root
  if (to === "") return "imports the package root; name the folder instead";
  if (to === from)
    return from === "adapters" && adapterOf(file.path) !== adapterOf(target) ? `one adapter imports another: ${specifier}` : null;
  if (mayImport[from]?.includes(to) === true) return null;
  return `${from} may not import ${to} (${specifier})`;
}

/** Repository path of an import, or null for packages. `.js` in the text is `.ts` in the tree. */
export function resolve(path: string, specifier: string): string | null {
  const source = specifier.replace(/\.js$/, ".ts");
  if (source.startsWith(".")) return posix.normalize(posix.join(posix.dirname(path), source));
  if (source.startsWith("#test/") || source.startsWith("#bench/")) return source.slice(1);
  return source.startsWith("#") ? `src/${source.slice(1)}` : null;
}

/** First folder under src, or the first folder of the repository; "" for files directly in src. */
function folderOf(path: string): string {
  const parts = path.split("/");
  if (parts[0] !== "src") return parts[0] ?? "";
  return parts.length > 2 ? (parts[1] ?? "") : "";
}

function inFolders(path: string, folders: readonly string[]): boolean {
  return folders.includes(folderOf(path));
}

/** `src/adapters/stores/libsql/x.ts` -> `stores/libsql`; `src/adapters/clock/wall.ts` -> `clock`. */
function adapterOf(path: string): string {
  return path.split("/").slice(2, -1).slice(0, 2).join("/");
}
