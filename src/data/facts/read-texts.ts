// Tweets and headlines: JSON lines or CSV with a text, a symbol and the moment of publication, scored into five facts per text.
// What is scored is kept, the text is not. The same text about the same symbol at the same moment is one.
import { sha256 } from "#base/hash.js";
import { scoreText } from "../text/score.js";
import { parseMoment } from "./moments.js";
import type { FactRows, Place } from "./fact-rows.js";
import type { FactReader, SourceFile } from "./reader.js";
import { readLines, readRows } from "./read-table.js";

const MOMENTS = ["seen_at", "ts_utc", "published_at", "at"];

export const textReader: FactReader = {
  name: "texts",
  vintage: "point-in-time",
  times: "moments of publication as the texts carry them; scored by the lexicon of this version",
  events: true,
  fits: ({ header }) => header.includes("text") && header.includes("symbol") && MOMENTS.some((name) => header.includes(name)),
  async read(files, { rows }) {
    const known = new Set<string>();
    for (const file of files) {
      for await (const { symbol, moment, text, place } of textsOf(file)) takeText(rows, known, symbol, moment, text, place);
    }
  },
};

interface Text {
  readonly symbol: string;
  readonly moment: string;
  readonly text: string;
  readonly place: Place;
}

function takeText(rows: FactRows, known: Set<string>, symbol: string, moment: string, text: string, place: Place): void {
  const at = parseMoment(moment);
  if (at === null) {
    rows.refuse("unknown-date", place);
    return;
  }
  if (symbol === "" || text.trim() === "") {
    rows.refuse("no-text-or-symbol", place);
    return;
  }
  const key = sha256(`${symbol}\n${at}\n${text}`).slice(0, 24);
  if (known.has(key)) {
    rows.flag("repeated-text");
    return;
  }
  known.add(key);
  const { tone, positive, negative, uncertain, words } = scoreText(text);
  rows.add(place, "text.tone", symbol, at, at, tone);
  rows.add(place, "text.positive", symbol, at, at, positive);
  rows.add(place, "text.negative", symbol, at, at, negative);
  rows.add(place, "text.uncertain", symbol, at, at, uncertain);
  rows.add(place, "text.words", symbol, at, at, words);
}

async function* textsOf(file: SourceFile): AsyncGenerator<Text> {
  const moment = MOMENTS.find((name) => file.header.includes(name)) as string;
  if (file.format === "csv") {
    const [at, symbol, text] = [moment, "symbol", "text"].map((name) => file.header.indexOf(name)) as [number, number, number];
    for await (const { row, text: line, cells } of readRows(file.path)) {
      yield { symbol: cells[symbol] ?? "", moment: cells[at] ?? "", text: cells[text] ?? "", place: { file: file.label, row, text: line } };
    }
    return;
  }
  let row = 0;
  for await (const line of readLines(file.path)) {
    if (line.trim() === "") continue;
    const place = { file: file.label, row: ++row, text: line };
    const record = parseRecord(line);
    yield { symbol: textOf(record["symbol"]), moment: textOf(record[moment]), text: textOf(record["text"]), place };
  }
}

/** A line that is no JSON object has no moment, and goes into quarantine for that. */
function parseRecord(line: string): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(line);
    return typeof parsed === "object" && parsed !== null ? (parsed as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
