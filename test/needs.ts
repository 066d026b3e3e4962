// What a test needs from outside: says why it is skipped, or fails when TRUEWIND_REQUIRE asks for it. Tests only.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/**
 * True when the need is met. Otherwise prints the reason, so that the caller can skip.
 * Throws when the environment's TRUEWIND_REQUIRE (names with commas, or `all`) contains the name.
 * Use: `describe.skipIf(!have("chromium", existsSync(path), "no browser at ..."))(...)`.
 */
export function have(name: string, met: boolean, reason: string): boolean {
  if (met) return true;
  const required = (process.env["TRUEWIND_REQUIRE"] ?? "").split(",").map((item) => item.trim());
  if (required.includes(name) || required.includes("all")) throw new Error(`${name} is required by TRUEWIND_REQUIRE: ${reason}`);
  process.stdout.write(`skipped: ${name}: ${reason}\n`);
  return false;
}

/** Folder of real market data beside the repository, or null: it is never part of it. Its name for TRUEWIND_REQUIRE is `shared-data`. */
export function sharedData(): string | null {
  const folder = fileURLToPath(new URL("../../shared/data/", import.meta.url));
  return have("shared-data", existsSync(folder), "there is no ../shared/data") ? folder : null;
}

/** All of the list in `npm run nightly`; otherwise `count` of it, evenly spread from the first to the last, in their order. */
export function sampleOf<T>(list: readonly T[], count: number): readonly T[] {
  const chosen = nightlyOr(list.length, Math.min(count, list.length));
  return Array.from({ length: chosen }, (_, k) => list[Math.round((k * (list.length - 1)) / Math.max(1, chosen - 1))] as T);
}

/** The whole of a long suite in `npm run nightly`, a seeded sample of it otherwise. */
export function nightlyOr(whole: number, sample: number): number {
  return process.env["TRUEWIND_NIGHTLY"] === "1" ? whole : sample;
}
