// What a feed said and a session did not take in, each line once for each reason. The line's own text is not kept, nor is the name of its file, which
// may be a symbol: a hash stands for it, so that a place stays the same whenever its file was first seen.
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import type { FeedLine } from "#adapters/feeds/poll/tail.js";
import { sha256 } from "#base/hash.js";
import type { Action } from "./told-actions.js";

export type Refusal =
  | "not-a-line"
  | "impossible-bar"
  | "impossible-action"
  | "unknown-symbol"
  | "outside-sessions"
  | "from-the-future"
  | "revised"
  | "absurd-move"
  | "late-action";

export class Quarantine {
  private readonly known: Set<string>;

  constructor(private readonly path: string) {
    const text = existsSync(path) ? readFileSync(path, "utf8") : "";
    this.known = new Set(text.split("\n"));
    // Behind a line that a crash has torn a new one begins.
    if (text !== "" && !text.endsWith("\n")) appendFileSync(path, "\n");
  }

  /** `action`: which of those that a line may tell. */
  has(line: FeedLine, reason: Refusal, instrument: string | null, action?: Action["kind"]): boolean {
    return this.known.has(entryOf(line, reason, instrument, action));
  }

  /** What was put there before, by this process or an earlier one, is not put there again. */
  put(line: FeedLine, reason: Refusal, instrument: string | null, action?: Action["kind"]): void {
    const entry = entryOf(line, reason, instrument, action);
    if (this.known.has(entry)) return;
    this.known.add(entry);
    appendFileSync(this.path, `${entry}\n`);
  }
}

/** Reason -> lines, of a session's file; empty where there is none. A line that a crash has torn does not count. */
export function keptAside(path: string): Readonly<Partial<Record<Refusal, number>>> {
  const counts: Partial<Record<Refusal, number>> = {};
  const text = existsSync(path) ? readFileSync(path, "utf8") : "";
  for (const line of text.split("\n")) {
    const reason = /"reason":"([a-z-]+)","instrument":[^}]*\}$/.exec(line)?.[1] as Refusal | undefined;
    if (reason !== undefined) counts[reason] = (counts[reason] ?? 0) + 1;
  }
  return counts;
}

function entryOf({ file, line }: FeedLine, reason: Refusal, instrument: string | null, action?: Action["kind"]): string {
  return JSON.stringify({ file: sha256(file).slice(0, 16), line, reason, instrument, action });
}
