// The files that the architecture tests judge: what git tracks or would track, read once. Never judges build output or ignored files.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";

export interface SourceFile {
  /** Relative to the repository root, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

/** One broken rule. `line` counts from 1; 0 means the file as a whole. */
export interface Violation {
  readonly path: string;
  readonly line: number;
  readonly message: string;
}

const root = fileURLToPath(new URL("../../", import.meta.url));
/** Larger files are data, not text that a person wrote. */
const MAX_BYTES = 4_000_000;
const ignored = new Set([".git", "node_modules", "dist", "coverage", ".truewind", ".venv", "__pycache__"]);

/** Every text file of the repository that git does not ignore. */
export function repositoryFiles(): readonly SourceFile[] {
  const files: SourceFile[] = [];
  for (const path of new Set(paths())) {
    if (!existsSync(root + path)) continue; // deleted, but not yet committed
    const stat = statSync(root + path);
    if (!stat.isFile() || stat.size > MAX_BYTES) continue;
    const text = readFileSync(root + path, "utf8");
    if (!text.includes("\0")) files.push({ path, text });
  }
  return files;
}

function paths(): readonly string[] {
  const git = spawnSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 1 << 26,
  });
  return git.status === 0 ? git.stdout.split("\0").filter((path) => path !== "") : walk("");
}

/** For a copy without git, such as an unpacked archive. */
function walk(folder: string): readonly string[] {
  return readdirSync(root + folder, { withFileTypes: true }).flatMap((entry) => {
    if (ignored.has(entry.name)) return [];
    return entry.isDirectory() ? walk(`${folder}${entry.name}/`) : [folder + entry.name];
  });
}

export function isTypeScript(file: SourceFile): boolean {
  return file.path.endsWith(".ts") && !file.path.endsWith(".d.ts");
}

/** A test, or a program that exists to fail the compiler. */
export function isTest(file: SourceFile): boolean {
  return file.path.startsWith("test/") || file.path.endsWith(".test.ts");
}

/** One readable line per violation, for assertion messages. */
export function report(violations: readonly Violation[]): readonly string[] {
  return violations.map((v) => `${v.path}${v.line > 0 ? `:${v.line}` : ""} ${v.message}`);
}
