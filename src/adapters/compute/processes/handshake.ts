// Both sides prove that they know the token without sending it: HMAC-SHA256 over what each has drawn at random (RFC 2104).
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { TruewindError } from "#base/errors.js";
import type { Wire } from "./wire.js";

const NONCE = 32;
const SHORTEST_TOKEN = 16;

/** Who wants to join. */
export interface Place {
  readonly rank: number;
  readonly workers: number;
}

/** Throws `bad-config`. */
export function checkToken(token: string): void {
  if (token.length < SHORTEST_TOKEN)
    throw new TruewindError("bad-config", `The token that processes join with must have at least ${SHORTEST_TOKEN} characters.`);
}

/** The joining side. Throws `bad-config` when the other one does not know the token or has no such place. */
export async function introduce(wire: Wire, { rank, workers }: Place, token: string): Promise<void> {
  const own = randomBytes(NONCE);
  await wire.send(own);
  const answer = await wire.receive();
  const theirs = answer.subarray(0, NONCE);
  if (!equal(answer.subarray(NONCE), proof(token, "host", own, theirs)))
    throw new TruewindError("bad-config", "The process that listens there has another token: start all processes with the same.");
  const place = Uint32Array.of(rank, workers);
  const bytes = new Uint8Array(place.buffer);
  await wire.send(bytes, proof(token, "worker", own, theirs, bytes));
  const verdict = Buffer.from(await wire.receive()).toString("utf8");
  if (verdict !== "") throw new TruewindError("bad-config", verdict);
}

/** The listening side: the place of a process that knows the token; null for one that does not. */
export async function identify(wire: Wire, token: string): Promise<Place | null> {
  const theirs = await wire.receive();
  const own = randomBytes(NONCE);
  await wire.send(own, proof(token, "host", theirs, own));
  const answer = await wire.receive();
  const bytes = answer.slice(0, 8);
  if (bytes.length < 8 || !equal(answer.subarray(8), proof(token, "worker", theirs, own, bytes))) return null;
  const [rank, workers] = new Uint32Array(bytes.buffer) as unknown as [number, number];
  return { rank, workers };
}

/** An empty verdict lets the process in; a sentence tells why not. */
export function answer(wire: Wire, verdict: string): Promise<void> {
  return wire.send(Buffer.from(verdict, "utf8"));
}

function proof(token: string, side: string, ...parts: readonly Uint8Array[]): Buffer {
  const hmac = createHmac("sha256", token).update(side);
  for (const part of parts) hmac.update(part);
  return hmac.digest();
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
