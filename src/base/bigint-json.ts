// JSON that keeps bigints: `{ "$bigint": "12" }`. For `JSON.stringify` and `JSON.parse`.

export const bigintToText = (_: string, value: unknown): unknown => (typeof value === "bigint" ? { $bigint: value.toString() } : value);

export const textToBigint = (_: string, value: unknown): unknown =>
  typeof value === "object" && value !== null && "$bigint" in value ? BigInt(value.$bigint as string) : value;
