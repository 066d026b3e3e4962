import { describe, expect, it } from "vitest";
import { createRng } from "./rng.js";
import { symmetricEigen } from "./symmetric-eigen.js";
import { tridiagonalEigen } from "./tridiagonal-eigen.js";

function check(matrix: Float64Array, n: number, values: Float64Array, vectors: Float64Array): void {
  let size = 0;
  for (const value of values) size = Math.max(size, Math.abs(value));
  let [off, bent] = [0, 0];
  for (let k = 0; k < n; k++) {
    for (let i = 0; i < n; i++) {
      let sum = 0;
      for (let j = 0; j < n; j++) sum += (matrix[i * n + j] as number) * (vectors[k * n + j] as number);
      off = Math.max(off, Math.abs(sum - (values[k] as number) * (vectors[k * n + i] as number)));
    }
    for (let l = 0; l <= k; l++) {
      let sum = 0;
      for (let j = 0; j < n; j++) sum += (vectors[k * n + j] as number) * (vectors[l * n + j] as number);
      bent = Math.max(bent, Math.abs(sum - (k === l ? 1 : 0)));
    }
  }
  expect(off).toBeLessThanOrEqual(1e-14 * n * size);
  expect(bent).toBeLessThan(1e-14 * n);
}

describe("eigenvalues by three diagonals", () => {
  it("are those of the definition, with vectors at right angles: random, of low rank, equal values, zeros, diagonal", () => {
    const rng = createRng("eigen");
    for (const n of [1, 2, 3, 5, 20, 70]) {
      for (const kind of ["random", "rank one", "equal", "zero", "diagonal"]) {
        const m = new Float64Array(n * n);
        const u = Float64Array.from({ length: n }, () => rng.normal());
        for (let i = 0; i < n; i++)
          for (let j = 0; j <= i; j++) {
            const diagonal = i === j ? 1 : 0;
            const value =
              kind === "random"
                ? rng.normal()
                : kind === "rank one"
                  ? (u[i] as number) * (u[j] as number)
                  : kind === "equal"
                    ? 3 * diagonal + 0.1
                    : kind === "zero"
                      ? 0
                      : diagonal * (u[i] as number);
            m[i * n + j] = value;
            m[j * n + i] = value;
          }
        const vectors = new Float64Array(n * n);
        const values = tridiagonalEigen(Float64Array.from(m), n, vectors);
        expect(values).not.toBeNull();
        check(m, n, values as Float64Array, vectors);
        const { values: ascending, vectors: ordered } = symmetricEigen(m, n);
        check(m, n, ascending, ordered);
        expect([...ascending]).toEqual([...ascending].sort((a, b) => a - b));
      }
    }
  });
});
