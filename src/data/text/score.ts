// The tone of a text by our own finance lexicon: pure and deterministic, smoke-level. Models that read are for later; the facts they
// make will have the same shape.
import { LEXICON, isNegation, isStronger, isWeaker } from "./lexicon.js";
import { stem } from "./stem.js";
import { tokenize } from "./tokens.js";

export interface TextScore {
  /** (good - bad) / (good + bad + 1) over weighted words, in (-1, 1); 0 when nothing leans. */
  readonly tone: number;
  /** Words that lean so, as parts of all words, in [0, 1]. */
  readonly positive: number;
  readonly negative: number;
  readonly uncertain: number;
  /** Words, without tickers, users and addresses. */
  readonly words: number;
}

/** A negation turns the words up to this many after it. */
const NEGATION_REACH = 3;
/** A quantity and its direction stand this close: "costs fell sharply", "a lower net loss". */
const BURDEN_REACH = 3;

export function scoreText(text: string): TextScore {
  const { words, faces, faceCount } = tokenize(text);
  const entries = words.map((word) => LEXICON.get(stem(word)));
  let [good, bad] = [(faceCount + faces) / 2, (faceCount - faces) / 2];
  let [positives, negatives, uncertain] = [0, 0, 0];
  words.forEach((_, i) => {
    const entry = entries[i];
    if (entry === undefined) return;
    if (entry.uncertain) uncertain++;
    let lean = entry.polarity as number;
    const moved = (k: number): boolean => entries[k] !== undefined && entries[k].direction !== 0 && k !== i;
    const burden = (k: number): boolean => entries[k]?.burden === true && k !== i;
    if (entry.direction !== 0 && near(i, BURDEN_REACH, words.length, burden)) lean = -entry.direction;
    // "Loss narrowed": the direction says it all.
    else if (entry.burden && near(i, BURDEN_REACH, words.length, moved)) lean = 0;
    if (lean === 0) return;
    const before = words.slice(Math.max(0, i - NEGATION_REACH), i);
    if (before.filter(isNegation).length % 2 === 1) lean = -lean;
    const previous = words[i - 1] ?? "";
    const weight = isStronger(previous) ? 1.5 : isWeaker(previous) ? 0.5 : 1;
    if (lean > 0) {
      good += weight;
      positives++;
    } else {
      bad += weight;
      negatives++;
    }
  });
  const n = Math.max(1, words.length);
  return {
    tone: (good - bad) / (good + bad + 1),
    positive: positives / n,
    negative: negatives / n,
    uncertain: uncertain / n,
    words: words.length,
  };
}

function near(i: number, reach: number, length: number, test: (k: number) => boolean): boolean {
  for (let k = Math.max(0, i - reach); k <= Math.min(length - 1, i + reach); k++) if (test(k)) return true;
  return false;
}
