// All tapes by name.
import { bookTape } from "./book-tape.js";
import { costTape } from "./cost-tape.js";
import { flowTape } from "./flow-tape.js";
import { profileTape } from "./profile-tape.js";
import { quoteTape } from "./quote-tape.js";
import type { Tape } from "./tape.js";
import { tickTape } from "./tick-tape.js";
import { tradeTape } from "./trade-tape.js";

const tapes: ReadonlyMap<string, Tape> = new Map<string, Tape>([
  ["trade", tradeTape],
  ["tick", tickTape],
  ["profile", profileTape],
  ["quote", quoteTape],
  ["cost", costTape],
  ["book", bookTape],
  ["flow", flowTape],
]);

export function tapeByName(name: string): Tape | undefined {
  return tapes.get(name);
}
