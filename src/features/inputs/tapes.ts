// All tapes by name.
import type { Tape } from "./tape.js";
import { tradeTape } from "./trade-tape.js";

const tapes: ReadonlyMap<string, Tape> = new Map<string, Tape>([["trade", tradeTape]]);

export function tapeByName(name: string): Tape | undefined {
  return tapes.get(name);
}
