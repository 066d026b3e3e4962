// The first 4096 bytes of the shared memory: what the threads tell each other. Indices count words of 4 bytes, or of 8 in `Real`.

/** Int32 words of the control area. */
export const Control = {
  /** Pieces that nobody took yet; -1: the end. */
  left: 0,
  done: 1,
  job: 2,
  pieces: 3,
  /** 1: a thread failed within a piece. */
  failed: 4,
} as const;

export const Job = {
  sort: 0,
  bin: 1,
  largest: 2,
  quantize: 3,
  count: 4,
  finish: 5,
  split: 6,
  settle: 7,
  sums: 8,
  assign: 9,
  walk: 10,
  add: 11,
} as const;

/** Int32 words of arguments. */
export const Arg = {
  /** First pair and number of pairs of the leaf that is counted or split. */
  from: 8,
  count: 9,
  /** Groups counted, and how many of them a piece of `finish` takes. */
  groups: 10,
  groupsPerPiece: 11,
  /** Columns that are counted; the last group is padded. */
  columns: 12,
  /** 1: `layout.columns` lists them; 0: all, in their order. */
  listed: 13,
  /** 1: `count` has counted the rows, one histogram per thread. */
  counted: 14,
  /** Addresses of histograms: the counted child's; its parent's, which becomes the sibling's, or 0. */
  histogram: 15,
  sibling: 16,
  /** Per child 1: find its split. */
  find: 17,
  /** Seeds of chance per child. */
  chance: 19,
  /** Rows of work in all, where the arguments say nothing else; 0 or 1: they are listed in the bag. */
  rows: 21,
  listedRows: 22,
  /** Whether hessians are given. */
  hessian: 23,
  seed: 24,
  /** First feature of the sorted ones, or first row of those that are binned. */
  first: 25,
  output: 26,
  firstRow: 27,
  /** Column of the split that is made: its address and stride. */
  cells: 28,
  stride: 29,
  /** Per sorted feature: values known. */
  known: 32,
} as const;

/** Float64 words of arguments. */
export const Real = {
  lambdaL1: 128,
  lambdaL2: 129,
  gradientScale: 130,
  hessianScale: 131,
  /** Per child 8 numbers: gradient, hessian, least hessian of a leaf, rows, lower and upper bound of outputs. */
  child: 136,
} as const;

/** Int32 word per thread: 1 when it has counted something in `count`. */
export const COUNTED_BY = 512;
