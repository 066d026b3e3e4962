// Finds the files of a declaration. Globs: `*` and `?` stay within a folder, `**/` spans folders. Order: by relative path.
import { readdir } from "node:fs/promises";
import { relative, resolve, sep } from "node:path";

/** Absolute paths, sorted by their path relative to `root`. Empty when nothing matches. */
export async function findFiles(root: string, globs: readonly string[]): Promise<string[]> {
  const found = new Set<string>();
  for (const glob of globs) {
    const { base, pattern } = splitGlob(resolve(root, ".").concat("/"), glob);
    if (pattern === "") {
      found.add(base);
      continue;
    }
    const matches = globToRegExp(pattern);
    const depth = pattern.includes("**") ? Number.POSITIVE_INFINITY : pattern.split("/").length;
    for (const path of await walk(base, depth)) {
      if (matches.test(relative(base, path).split(sep).join("/"))) found.add(path);
    }
  }
  return [...found].sort((a, b) => compare(relative(root, a), relative(root, b)));
}

/** All files under `folder`, at most `depth` levels down; hidden ones are left out. A missing folder has none. */
export async function walk(folder: string, depth: number): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const paths: string[] = [];
  for (const entry of entries) {
    if (entry.name.startsWith(".")) continue;
    const path = resolve(folder, entry.name);
    if (entry.isDirectory()) {
      if (depth > 1) paths.push(...(await walk(path, depth - 1)));
    } else paths.push(path);
  }
  return paths;
}

/** The fixed folders at the front of a glob need no search; a glob without wildcards is a path. */
function splitGlob(root: string, glob: string): { readonly base: string; readonly pattern: string } {
  const parts = glob.split("/");
  const wild = parts.findIndex((part) => /[*?]/.test(part));
  if (wild < 0) return { base: resolve(root, glob), pattern: "" };
  const fixed = parts.slice(0, wild).join("/");
  return { base: resolve(root, glob.startsWith("/") ? `/${fixed}` : fixed), pattern: parts.slice(wild).join("/") };
}

function globToRegExp(pattern: string): RegExp {
  const source = pattern.replaceAll(/\*\*\/|\*\*|\*|\?|[\\^$.+()[\]{}|]/g, (token) => {
    if (token === "**/") return "(?:[^/]+/)*";
    if (token === "**") return ".*";
    if (token === "*") return "[^/]*";
    if (token === "?") return "[^/]";
    return `\\${token}`;
  });
  return new RegExp(`^${source}$`);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
