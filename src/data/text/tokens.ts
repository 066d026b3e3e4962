// A text as words: lower case, without addresses, names of users and tickers. Also reads texts that were tokenized before
// (`$ aapl`, `do n't`, `AT_USER`, `URL`).
import { EMOJI, EMOTICONS } from "./lexicon.js";

export interface Tokens {
  /** Letters and digits; apostrophes are gone: `dont`. */
  readonly words: readonly string[];
  /** Sum of the emoticons and emoji, each +1 or -1, and how many there are. */
  readonly faces: number;
  readonly faceCount: number;
}

export function tokenize(text: string): Tokens {
  const words: string[] = [];
  let [faces, faceCount] = [0, 0];
  const face = (value: number): void => {
    faces += value;
    faceCount++;
  };
  const pieces = text
    .toLowerCase()
    .normalize("NFKC")
    .split(/\s+/)
    .filter((piece) => piece !== "");
  for (let i = 0; i < pieces.length; i++) {
    const piece = pieces[i] as string;
    const pair = `${piece} ${pieces[i + 1] ?? ""}`;
    const drawn = EMOTICONS.get(piece) ?? EMOTICONS.get(pair);
    if (drawn !== undefined) {
      face(drawn);
      if (!EMOTICONS.has(piece)) i++;
      continue;
    }
    if (piece === "$" && /^[a-z][a-z.-]{0,5}$/.test(pieces[i + 1] ?? "")) {
      i++;
      continue;
    }
    if (isNoWord(piece)) continue;
    for (const glyph of piece) {
      const value = EMOJI.get(glyph);
      if (value !== undefined) face(value);
    }
    for (const part of piece.replaceAll(/['\u2019]/g, "").split(/[^a-z0-9]+/)) {
      if (part === "nt") words.push("not");
      else if (/[a-z]/.test(part)) words.push(part);
    }
  }
  return { words, faces, faceCount };
}

/** Addresses, users, tickers, the marks of retweets and of what a tokenizer took out. */
function isNoWord(piece: string): boolean {
  return /^(https?:|www\.)|^@|^\$[a-z]/.test(piece) || piece === "at_user" || piece === "url" || piece === "rt";
}
