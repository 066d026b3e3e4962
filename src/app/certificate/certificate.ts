// What a certificate says, and how it is sealed: each file that it stands on is hashed, the hashes are linked, and the whole is hashed once
// more. Any byte that changes breaks it. It is a seal, not a signature: whoever holds all the files could write another one.
import { hashJson, sha256 } from "#base/hash.js";
import type { JudgedSession } from "#research/evidence/session-rules.js";

export interface ChainLink {
  readonly what: string;
  readonly sha256: string;
  /** Hash of the link before, the name and the hash. */
  readonly link: string;
}

/** How much of the files that grow it speaks of, bytes: a session may go on after. */
export interface Reach {
  readonly journalBytes: number;
  /** Lines of a feed that were not taken in; 0 where there is no such file. */
  readonly quarantineBytes: number;
}

export interface CertificateBody extends JudgedSession, Reach {
  readonly schema: 1;
  readonly run: string;
  readonly name: string;
  readonly from: string;
  readonly to: string;
  readonly feed: "recorded" | "polled";
  readonly over: "equal weight" | "cash";
  readonly simulated: boolean;
  readonly identity: {
    readonly experimentHash: string;
    readonly dataId: string;
    readonly codeVersion: string;
    readonly seed: string;
    /** Run that was validated; null where none was. */
    readonly backtest: string | null;
  };
}

export interface Certificate extends CertificateBody {
  readonly chain: readonly ChainLink[];
  readonly seal: string;
}

export interface Sealable {
  readonly what: string;
  readonly sha256: string;
}

const START = "truewind-certificate-1";

export function sealed(body: CertificateBody, parts: readonly Sealable[]): Certificate {
  const chain = chainOf(parts);
  const content = { ...body, chain };
  return { ...content, seal: hashJson(content) };
}

export function chainOf(parts: readonly Sealable[]): readonly ChainLink[] {
  let link = sha256(START);
  return parts.map(({ what, sha256: hash }) => {
    link = sha256(`${link} ${what} ${hash}`);
    return { what, sha256: hash, link };
  });
}

/** Whether chain and seal follow from what stands in it. */
export function isWhole({ seal, ...content }: Certificate): boolean {
  return hashJson(content) === seal && hashJson(chainOf(content.chain)) === hashJson(content.chain);
}
