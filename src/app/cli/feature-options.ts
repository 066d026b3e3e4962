// Options that several `features` commands take.
import { TruewindError } from "#base/errors.js";
import { type PeerRole, peerRoles } from "#features/language/node.js";
import type { PeerSymbols } from "../modes/plan-of-dataset.js";

/** For an option that may be given several times. */
export function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

/** `market=SPY` and the like. Throws `bad-usage`. */
export function peersOf(texts: readonly string[]): PeerSymbols {
  return Object.fromEntries(
    texts.map((text): readonly [PeerRole, string] => {
      const [role, symbol] = text.split("=", 2);
      const known = peerRoles.find((candidate) => candidate === role);
      if (known !== undefined && symbol !== undefined && symbol !== "") return [known, symbol];
      throw new TruewindError(
        "bad-usage",
        `--peer is ROLE=SYMBOL, as market=SPY, with one of the roles ${peerRoles.join(", ")}; found "${text}".`,
      );
    }),
  );
}
