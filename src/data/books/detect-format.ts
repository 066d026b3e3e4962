// Which format a recording has, told from its first lines. File names say nothing.
import { TruewindError } from "#base/errors.js";
import { detectBinanceRaw } from "./binance-raw.js";
import { detectBybit } from "./bybit.js";
import type { LineFormat } from "./line-format.js";
import { detectLobster } from "./lobster.js";
import { detectMbo } from "./mbo-csv.js";
import { firstLines } from "./read-lines.js";
import { detectTardis } from "./tardis.js";

/** Enough to meet a depth diff among quotes and trades. */
const LINES = 500;

/** Throws `bad-file` when it is none of the known formats, and what readLines throws. */
export async function detectFormat(path: string): Promise<LineFormat> {
  const lines = await firstLines(path, LINES);
  const found = detectBinanceRaw(lines) ?? detectBybit(lines) ?? detectTardis(lines) ?? detectMbo(lines) ?? detectLobster(lines, path);
  if (found !== null) return found;
  throw new TruewindError(
    "bad-file",
    `${path} is no recording of an order book that is known here: raw Binance lines, Bybit order book archive, Tardis incremental_book_L2, ` +
      "market by order in Databento's columns, or LOBSTER messages.",
  );
}
