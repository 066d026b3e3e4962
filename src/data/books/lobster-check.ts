// LOBSTER's given levels as an independent check of the book that we make from its messages. Levels deeper than the ten that were given at
// the start were never told, so a side is compared down to the worst price of that start.
import { detectFormat } from "./detect-format.js";
import { orderBookFile, parseLobsterLevels } from "./lobster.js";
import { OrderEvents } from "./order-events.js";
import { readLines } from "./read-lines.js";
import type { Recording } from "./recording.js";

export interface LobsterAgreement {
  /** Messages after which the levels were compared. */
  readonly messages: number;
  /** Levels of both sides that were compared, and those of them that differed in price or size. */
  readonly levels: number;
  readonly differed: number;
}

/** Null when the recording is no LOBSTER file. */
export async function checkLobster({ format, parts }: Recording): Promise<LobsterAgreement | null> {
  if (format.name !== "LOBSTER messages") return null;
  let [messages, levels, differed] = [0, 0, 0];
  for (const path of parts) {
    const reader = (await detectFormat(path)).reader();
    const events = new OrderEvents();
    const given = linesOf(orderBookFile(path));
    let floor: number | null = null;
    let ceiling = 0;
    for await (const line of linesOf(path)) {
      reader.line(line, (message) => {
        if (message.kind === "order") events.take(message);
      });
      const next = await given.next();
      if (next.done === true) break;
      const { bids, asks } = parseLobsterLevels(next.value);
      floor ??= bids.at(-2) ?? 0;
      if (ceiling === 0) ceiling = asks.at(-2) ?? Number.POSITIVE_INFINITY;
      messages++;
      for (const [side, told, limit] of [
        [events.book.bids, bids, floor],
        [events.book.asks, asks, ceiling],
      ] as const) {
        for (let k = 0; k < told.length; k += 2) {
          const ticks = told[k] as number;
          if ((ticks - limit) * side.sign < 0) break;
          levels++;
          if (side.ticksOf(k / 2) !== ticks || side.sizeOf(k / 2) !== told[k + 1]) differed++;
        }
      }
    }
  }
  return { messages, levels, differed };
}

async function* linesOf(path: string): AsyncGenerator<string> {
  for await (const block of readLines(path)) yield* block;
}
