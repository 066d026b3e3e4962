// The files that the architecture tests judge: what git tracks or would track, read once. Never judges build output or ignored files.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
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

/** Every text file of the repository that git does not ignore. Throws outside a git checkout. */
export function repositoryFiles(): readonly SourceFile[] {
  const listed = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 1 << 26,
  });
  const files: SourceFile[] = [];
  for (const path of new Set(listed.split("\0"))) {
    if (path === "" || !existsSync(root + path)) continue;
    const stat = statSync(root + path);
    if (!stat.isFile() || stat.size > MAX_BYTES) continue;
    const text = readFileSync(root + path, "utf8");
    if (!text.includes("\0")) files.push({ path, text });
  }
  return files;
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
