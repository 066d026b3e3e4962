// Features that say on real data what an earlier one says (rank correlation above .98): name -> the earlier feature. Measured, see
// docs/guide/features.md; written by `scripts/write-redundant.js`.
export const redundantFeatures: Readonly<Record<string, string>> = {};
