// What one step of a drill comes to, and how it is tried: what it throws is its failure, never that of the drill.
import { readFileSync, existsSync } from "node:fs";
import { sha256 } from "#base/hash.js";

export interface DrillStep {
  readonly name: string;
  readonly state: "ok" | "failed" | "skipped";
  /** What was seen, or why not: one sentence. */
  readonly said: string;
  /** SHA-256 of the step's journal; null where there is none. */
  readonly hash: string | null;
}

/** Thrown by `expectThat`: what was to be seen and was not. */
class Unseen extends Error {}

export function expectThat(seen: boolean, what: string): void {
  if (!seen) throw new Unseen(`not seen: ${what}`);
}

/** `work` returns what was seen. `journal`: where it writes. */
export async function drillStep(name: string, journal: () => string | null, work: () => Promise<string>): Promise<DrillStep> {
  const hash = (): string | null => {
    const path = journal();
    return path === null || !existsSync(path) ? null : sha256(readFileSync(path));
  };
  try {
    const said = await work();
    return { name, state: "ok", said, hash: hash() };
  } catch (error) {
    return { name, state: "failed", said: error instanceof Error ? error.message : String(error), hash: hash() };
  }
}
