// Commands for a session from other processes: one line of JSON each, in a file that only grows. The session takes them in order, each once; which
// it has taken stands in its journal.
import { readFileSync, statSync } from "node:fs";
import { z } from "zod";
import { breakerNames } from "#domain/breaker.js";
import type { Command } from "#domain/event.js";
import { appendLineDurably } from "./durable-file.js";

export const INBOX_FILE = "commands.jsonl";

const reason = z.string().min(1);
const commandSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("halt"), reason }),
  z.strictObject({ kind: z.literal("kill"), reason, flatten: z.boolean() }),
  z.strictObject({ kind: z.literal("approve"), by: z.string().min(1), reason, breaker: z.enum(breakerNames).nullable() }),
  z.strictObject({ kind: z.literal("stage"), by: z.string().min(1), reason, stage: z.string().min(1) }),
]) satisfies z.ZodType<Command>;

export type InboxCommand = z.infer<typeof commandSchema>;

export const sendCommand = (path: string, command: InboxCommand): void => appendLineDurably(path, JSON.stringify(command));

/** All commands so far, in order. A line that a crash has torn was never confirmed to anybody, and is passed over. */
export function commandsIn(path: string): readonly InboxCommand[] {
  return readFileSync(path, "utf8")
    .split("\n")
    .flatMap((line) => {
      try {
        return [commandSchema.parse(JSON.parse(line))];
      } catch {
        return [];
      }
    });
}

/** Reads the file only when it has grown. */
export class CommandInbox {
  private size = 0;
  private known: readonly InboxCommand[] = [];

  /** `taken`: commands that the session has taken before. */
  constructor(
    private readonly path: string,
    private taken: number,
  ) {}

  waiting(): boolean {
    const size = statSync(this.path, { throwIfNoEntry: false })?.size ?? 0;
    if (size !== this.size) {
      this.size = size;
      this.known = commandsIn(this.path);
    }
    return this.taken < this.known.length;
  }

  take(): InboxCommand {
    return this.known[this.taken++] as InboxCommand;
  }
}
