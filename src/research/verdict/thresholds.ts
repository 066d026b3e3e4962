// What was declared before any result was seen.

/** Level of both tests, one-sided. */
export const LEVEL = 0.01;
/** With less than a year no record is judged. */
export const LEAST_SESSIONS = 252;
/** Annual information ratio below which an edge is not worth having. */
export const WORTHWHILE_SHARPE = 0.5;
