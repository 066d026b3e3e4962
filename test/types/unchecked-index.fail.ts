// TS2322: reading past the end of an array is a possibility that the project's options make visible.
declare const prices: readonly number[];

// refused:
export const first: number = prices[0];
