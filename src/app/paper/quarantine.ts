// What a feed said and a session did not take in, each line once, with its reason. The line's own text is not kept: it names a symbol.
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import type { FeedLine } from "#adapters/feeds/poll/tail.js";

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
  private readonly known = new Set<string>();

  constructor(private readonly path: string) {
    const text = existsSync(path) ? readFileSync(path, "utf8") : "";
    for (const line of text.split("\n")) {
      const place = /^\{"file":\d+,"line":\d+/.exec(line)?.[0];
      if (place !== undefined) this.known.add(place);
    }
  }

  has(line: FeedLine): boolean {
    return this.known.has(placeOf(line));
  }

  /** A line that was put there before, by this process or an earlier one, is not put there again. */
  put(line: FeedLine, reason: Refusal, instrument: string | null): void {
    if (this.has(line)) return;
    this.known.add(placeOf(line));
    appendFileSync(this.path, `${placeOf(line)},"reason":"${reason}","instrument":${JSON.stringify(instrument)}}\n`);
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

const placeOf = ({ file, line }: FeedLine): string => `{"file":${file},"line":${line}`;
