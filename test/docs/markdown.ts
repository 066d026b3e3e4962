// The repository's pages of prose, taken apart for the tests that hold them to the code: fenced blocks, tables, links, headings.
import { fileURLToPath } from "node:url";
import { repositoryFiles, type SourceFile } from "#test/architecture/repository.js";

export const root = fileURLToPath(new URL("../../", import.meta.url));

export interface Fence {
  /** First word behind the backticks, e.g. `ts`. */
  readonly language: string;
  /** The words behind it, e.g. `file=src/x.ts`. */
  readonly words: readonly string[];
  readonly code: string;
  /** Line of the opening backticks, from 1. */
  readonly line: number;
}

/** Every Markdown file that git does not ignore. */
export function pages(): readonly SourceFile[] {
  return repositoryFiles().filter((file) => file.path.endsWith(".md"));
}

/** Throws when there is no such page. */
export function page(path: string): SourceFile {
  const found = pages().find((file) => file.path === path);
  if (found === undefined) throw new Error(`there is no page ${path}`);
  return found;
}

export function fences({ text }: SourceFile): readonly Fence[] {
  const found: Fence[] = [];
  let open: { info: string; line: number; code: string[] } | null = null;
  for (const [index, line] of text.split("\n").entries()) {
    const info = /^```(.*)$/.exec(line)?.[1];
    if (info === undefined) {
      open?.code.push(line);
    } else if (open === null) {
      open = { info, line: index + 1, code: [] };
    } else {
      const [language = "", ...words] = open.info.trim().split(/\s+/);
      found.push({ language, words, code: `${open.code.join("\n")}\n`, line: open.line });
      open = null;
    }
  }
  if (open !== null) throw new Error(`a block that begins at line ${open.line} is never closed`);
  return found;
}

/** The path behind `file=`; null when the block has none. */
export function fileOf({ words }: Fence): string | null {
  return words.find((word) => word.startsWith("file="))?.slice(5) ?? null;
}

/** Cells of every table row, header and ruler included, trimmed; `\|` stays within its cell. */
export function tableRows({ text }: SourceFile): readonly (readonly string[])[] {
  return text
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .map((line) =>
      line
        .replaceAll("\\|", "\u0000")
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.replaceAll("\u0000", "|").trim()),
    );
}

/** The text with fenced blocks blanked out, line by line. */
export function prose({ text }: SourceFile): string {
  let inside = false;
  return text
    .split("\n")
    .map((line) => {
      const fence = line.startsWith("```");
      const hidden = inside || fence;
      if (fence) inside = !inside;
      return hidden ? "" : line;
    })
    .join("\n");
}

/** Targets of inline links, images included. */
export function links(file: SourceFile): readonly string[] {
  return [...prose(file).matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] as string);
}

/** Anchors as GitHub makes them. */
export function anchors(file: SourceFile): ReadonlySet<string> {
  const titles = [...prose(file).matchAll(/^#{1,6} (.+)$/gm)].map((match) => match[1] as string);
  return new Set(
    titles.map((title) =>
      title
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
        .replaceAll(" ", "-"),
    ),
  );
}

const NAMED = /(?<![\w@./#-])(?:src|test|bench|docs|examples|scripts|bin)\/[\w.*{},/-]+/g;

/**
 * Paths of the repository that a page names, blocks included; `a/{b,c}.ts` counts as two. A built file `dist/x.js` counts as `x.ts`.
 * A path that goes on with a placeholder (`src/models/<family>`) counts up to it.
 */
export function namedPaths({ text }: SourceFile): readonly string[] {
  const built = text.replaceAll(/\bdist\/([\w/-]+)\.js\b/g, "$1.ts");
  const found = [...built.matchAll(NAMED)].flatMap(([path]) => expand(path.replace(/[.,]+$/, "")));
  return [...new Set(found)];
}

function expand(path: string): readonly string[] {
  const match = /^(.*?)\{([^{}]*)\}(.*)$/.exec(path);
  if (match === null) return [path];
  const [, before = "", choices = "", after = ""] = match;
  return choices.split(",").flatMap((choice) => expand(before + choice + after));
}
