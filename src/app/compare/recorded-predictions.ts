// Predictions that another program made, read from a file and put in the place of a model: same folds, same measures, same account.
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { TruewindError } from "#base/errors.js";
import { sha256 } from "#base/hash.js";
import type { Session } from "#domain/session.js";
import { type Micros, parseIsoDate } from "#domain/time.js";
import type { FittedModel } from "#ports/model.js";
import type { FrameStore } from "#research/dataset/frame-store.js";

const COLUMNS = ["date", "symbol", "score"] as const;

export interface RecordedScores {
  /** SHA-256 of the file's text. */
  readonly digest: string;
  /** By row of the instruments, NaN where there are none; null for a day without any. */
  at(decision: Micros): Float64Array | null;
}

/**
 * CSV, plain or packed with gzip. `nameOf`: what the universe, whose instruments are `symbols`, calls a symbol of the file. Symbols that it does
 * not have are passed over. Throws `no-such-file` or `bad-file`.
 */
export function readRecordedScores(
  path: string,
  symbols: readonly string[],
  sessions: readonly Session[],
  nameOf: (symbol: string) => string = (symbol) => symbol,
): RecordedScores {
  const bad = (what: string): TruewindError =>
    new TruewindError(
      "bad-file",
      `${path} holds no predictions: ${what}. Write one row per day and symbol with the columns date,symbol,score.`,
    );
  const rowOf = new Map(symbols.map((symbol, row) => [symbol, row]));
  const text = readText(path, bad);
  const [head = "", ...lines] = text.split(/\r?\n/);
  const titles = head.split(",").map((text) => text.trim());
  const at = COLUMNS.map((column) => titles.indexOf(column)) as [number, number, number];
  COLUMNS.forEach((column, i) => {
    if (at[i] === -1) throw bad(`its first line names no column "${column}"`);
  });
  const scores = new Map<string, Float64Array>();
  let known = 0;
  lines.forEach((line, i) => {
    if (line === "") return;
    const cells = line.split(",");
    const [date, written, score] = at.map((column) => (cells[column] ?? "").trim()) as [string, string, string];
    const symbol = nameOf(written);
    if (parseIsoDate(date) === null) throw bad(`line ${i + 2} has "${date}" for a date as YYYY-MM-DD`);
    if (score !== "" && !Number.isFinite(Number(score))) throw bad(`line ${i + 2} has "${score}" for a score`);
    const row = rowOf.get(symbol);
    if (row === undefined || score === "") return;
    let day = scores.get(date);
    if (day === undefined) scores.set(date, (day = new Float64Array(symbols.length).fill(Number.NaN)));
    if (!Number.isNaN(day[row])) throw bad(`line ${i + 2} has ${symbol} on ${date} a second time`);
    day[row] = Number(score);
    known++;
  });
  if (known === 0) throw bad("none of its symbols is in the universe");
  return {
    digest: sha256(Buffer.from(text)),
    at: (decision) => scores.get(sessions.findLast(({ openAt }) => openAt < decision)?.date ?? "") ?? null,
  };
}

/** One entry per row of the store, for decisions from `from` on; NaN elsewhere. */
export function predictionsOf(scores: RecordedScores, frames: FrameStore, from: number): Float64Array {
  const out = new Float64Array(frames.rows).fill(Number.NaN);
  for (let d = from; d < frames.decisions.length; d++) {
    const day = scores.at(frames.decisions[d]?.at as Micros);
    if (day === null) continue;
    const end = frames.firstRow[d + 1] as number;
    for (let row = frames.firstRow[d] as number; row < end; row++) out[row] = day[frames.instrument[row] as number] as number;
  }
  return out;
}

/** Speaks of members only, as a model does. */
export function recordedModel(scores: RecordedScores): FittedModel {
  return {
    family: "recorded",
    features: [],
    steps: 1,
    predict(frame) {
      const day = scores.at(frame.asOf);
      return Float64Array.from({ length: frame.instruments }, (_, i) => (frame.member[i] === 1 ? (day?.[i] ?? Number.NaN) : Number.NaN));
    },
    save() {
      throw new TruewindError("bad-config", "Predictions of another program are not a model that can be kept.");
    },
  };
}

function readText(path: string, bad: (what: string) => TruewindError): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    throw new TruewindError("no-such-file", `Cannot read ${path}: ${(cause as Error).message.split(",")[0] ?? ""}. Check the path.`, {
      cause,
    });
  }
  try {
    return (bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes).toString("utf8");
  } catch {
    throw bad("it is packed and damaged");
  }
}
