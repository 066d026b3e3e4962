// The version of the code that runs: a hash over its own files, so that a changed line is a changed version even between releases.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { sha256 } from "#base/hash.js";

const SOURCE_ROOT = fileURLToPath(new URL("../..", import.meta.url));

let cached: string | null = null;

/** Twelve hex digits over all code files below the source root, in path order; tests and maps left out. */
export function codeVersion(): string {
  cached ??= hashFolder(SOURCE_ROOT);
  return cached;
}

function hashFolder(root: string): string {
  const files = readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((file) => /\.(js|ts|wasm)$/.test(file) && !/\.(test|d)\.(js|ts)$/.test(file))
    .map((file) => file.replaceAll("\\", "/"))
    .sort();
  return sha256(...files.flatMap((file) => [file, "\n", readFileSync(join(root, file))])).slice(0, 12);
}
