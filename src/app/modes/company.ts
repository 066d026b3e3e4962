// What features of the moment are told of the instruments: which sector each belongs to.
import type { Instrument } from "#domain/instrument.js";

/** A number per instrument, 0 and up in alphabetical order of the sectors' names; -1 where the sector is not known. */
export function sectorNumbers(instruments: readonly Instrument[]): Int32Array {
  const names = [...new Set(instruments.flatMap(({ sector }) => (sector === null ? [] : [sector])))].sort();
  return Int32Array.from(instruments, ({ sector }) => (sector === null ? -1 : names.indexOf(sector)));
}
