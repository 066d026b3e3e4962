// An ONNX file that we keep as a model: a card among its notes, and behind everything the SHA-256 of all before it. Notes may be added
// to the end of an ONNX file, so that the whole stays one that any ONNX runtime opens.
import { TruewindError } from "#base/errors.js";
import { canonicalJson, sha256 } from "#base/hash.js";
import { type OnnxFacts, readOnnx } from "./onnx-reader.js";
import { ProtoWriter } from "./protobuf.js";

const CARD = "truewind.card";
const CHECKSUM = "truewind.sha256";

/** Every card says of which family and form it is. */
export interface CardHead {
  readonly family: string;
  readonly version: number;
}

/** The same file and card give the same bytes. */
export function sealOnnx(file: Uint8Array, card: CardHead): Uint8Array {
  const body = Buffer.concat([file, note(CARD, canonicalJson(card))]);
  return Uint8Array.from(Buffer.concat([body, note(CHECKSUM, sha256(body))]));
}

/** Throws `corrupt-artifact` when the bytes are not a whole, unchanged model with a card of this family and version. */
export function openSealed<Card extends CardHead>(
  artifact: Uint8Array,
  head: CardHead,
): { readonly card: Card; readonly facts: OnnxFacts } {
  const bad = (what: string): TruewindError =>
    new TruewindError("corrupt-artifact", `This is no usable ${head.family} model: ${what}. Train or import it again.`);
  const body = artifact.subarray(0, Math.max(0, artifact.length - note(CHECKSUM, sha256("")).length));
  if (body.length === 0 || !Buffer.from(artifact.subarray(body.length)).equals(note(CHECKSUM, sha256(body)))) {
    const isOnnx = (): boolean => {
      try {
        return !readOnnx(artifact).metadata.has(CARD);
      } catch {
        return false;
      }
    };
    throw bad(
      isOnnx()
        ? "it is an ONNX file of another maker, which `truewind model import` reads"
        : "bytes were lost or changed, or it never was one",
    );
  }
  const facts = readOnnx(artifact);
  // Another file may change, and would not be under the checksum.
  if (facts.external) throw bad("a part of its weights lies in another file");
  const card = JSON.parse(facts.metadata.get(CARD) ?? "null") as Card | null;
  if (card === null) throw bad("it has no card");
  if (card.family !== head.family) throw bad(`it holds a model of the family ${card.family}`);
  if (card.version !== head.version) throw bad(`it has version ${card.version}, and this program reads version ${head.version}`);
  return { card, facts };
}

function note(key: string, value: string): Buffer {
  return Buffer.from(new ProtoWriter().message(14, (entry) => entry.text(1, key).text(2, value)).view());
}
