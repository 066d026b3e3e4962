// An imported model as bytes: the text of LightGBM as it came, then a card and the SHA-256 of all before it as two lines that LightGBM does
// not read, so that the whole stays one that it opens.
import { TruewindError } from "#base/errors.js";
import { canonicalJson, sha256 } from "#base/hash.js";

export interface LightGbmCard {
  readonly version: 1;
  readonly features: readonly string[];
  readonly part: number;
  readonly probability: boolean;
}

const CARD = "\ntruewind_card:";
const CHECKSUM = "\ntruewind_sha256:";
const VERSION = 1;

/** The same text and card give the same bytes. */
export function sealText(text: Uint8Array, card: LightGbmCard): Uint8Array {
  const body = Buffer.concat([text, Buffer.from(CARD + canonicalJson(card))]);
  return Uint8Array.from(Buffer.concat([body, Buffer.from(`${CHECKSUM}${sha256(body)}\n`)]));
}

/** Throws `corrupt-artifact` when the bytes are not a whole, unchanged model. */
export function openText(artifact: Uint8Array): { readonly card: LightGbmCard; readonly text: string } {
  const bad = (what: string): TruewindError =>
    new TruewindError("corrupt-artifact", `This is no usable lightgbm model: ${what}. Import it again.`);
  const bytes = Buffer.from(artifact.buffer, artifact.byteOffset, artifact.byteLength);
  const end = bytes.lastIndexOf(CHECKSUM);
  if (end < 0 || bytes.subarray(end).toString() !== `${CHECKSUM}${sha256(bytes.subarray(0, end))}\n`)
    throw bad(
      end < 0 && isModelText(bytes)
        ? "it is a text of LightGBM itself, which `truewind model import` reads"
        : "bytes were lost or changed, or it never was one",
    );
  const start = bytes.lastIndexOf(CARD, end - 1);
  if (start < 0) throw bad("it has no card");
  const card = JSON.parse(bytes.toString("utf8", start + CARD.length, end)) as LightGbmCard;
  if (card.version !== VERSION) throw bad(`it has version ${card.version}, and this program reads version ${VERSION}`);
  return { card, text: bytes.toString("utf8", 0, start) };
}

/** Whether a file is meant to be a model text of LightGBM. */
export function isModelText(bytes: Uint8Array): boolean {
  return /^tree\r?\n/.test(Buffer.from(bytes.subarray(0, 6)).toString("latin1"));
}
