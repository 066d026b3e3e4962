// The usual traded value of a name around a session: the geometric mean over the sessions near it in which it traded. It says how liquid
// the name was in those months, and nothing of a single day.

/** Sessions on either side. */
const REACH = 31;

/** `traded` and the result are `[session][name]`; NaN where nothing is known in reach. */
export function tradedLevel(traded: Float64Array, present: Uint8Array, names: number): Float64Array {
  const sessions = traded.length / names;
  const out = new Float64Array(new SharedArrayBuffer(8 * traded.length)).fill(Number.NaN);
  const sum = new Float64Array(sessions + 1);
  const count = new Int32Array(sessions + 1);
  for (let i = 0; i < names; i++) {
    for (let t = 0; t < sessions; t++) {
      const value = traded[t * names + i] as number;
      const known = value > 0;
      sum[t + 1] = (sum[t] as number) + (known ? Math.log(value) : 0);
      count[t + 1] = (count[t] as number) + (known ? 1 : 0);
    }
    for (let t = 0; t < sessions; t++) {
      if (present[t * names + i] !== 1) continue;
      const [from, to] = [Math.max(0, t - REACH), Math.min(sessions, t + REACH + 1)];
      const known = (count[to] as number) - (count[from] as number);
      if (known > 0) out[t * names + i] = Math.exp(((sum[to] as number) - (sum[from] as number)) / known);
    }
  }
  return out;
}
