// How much money the strategy could have traded: accounts of growing size through the same simulated venue, until impact has eaten the gain.

export interface SizedAccount {
  /** Cash at the start, account currency. */
  readonly cash: number;
  /** Annual net return over that of an equally large baseline. */
  readonly activeReturn: number;
}

export type Capacity =
  /** The size at which the active return is zero, between two measured ones by interpolation in the logarithm of the size. */
  | { readonly kind: "found"; readonly cash: number }
  /** Still above zero at the largest size that was measured. */
  | { readonly kind: "beyond"; readonly cash: number }
  /** Not above zero at the smallest. */
  | { readonly kind: "none" };

/** `accounts` ascend in size and hold at least one. The first fall to zero or below counts. */
export function capacityOf(accounts: readonly SizedAccount[]): Capacity {
  const end = accounts.findIndex(({ activeReturn }) => activeReturn <= 0);
  if (end === 0) return { kind: "none" };
  if (end < 0) return { kind: "beyond", cash: (accounts.at(-1) as SizedAccount).cash };
  const [before, after] = [accounts[end - 1] as SizedAccount, accounts[end] as SizedAccount];
  const part = before.activeReturn / (before.activeReturn - after.activeReturn);
  return { kind: "found", cash: before.cash * (after.cash / before.cash) ** part };
}
