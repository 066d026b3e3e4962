// Agglomerative clustering with average linkage by chains of nearest neighbors (Murtagh 1983): exact, in count^2 steps.

/** Two nodes become one. Nodes 0 to count - 1 are the things themselves; merge i makes node count + i. Children come before their parents. */
export interface Merge {
  readonly left: number;
  readonly right: number;
  /** Mean distance of a member of one to a member of the other; never below that of a child. */
  readonly height: number;
}

/** `distance` is row-major, symmetric, count x count. Equal distances are decided by position, so that the answer is always the same. */
export function averageLinkage(distance: Float64Array, count: number): readonly Merge[] {
  const d = Float64Array.from(distance);
  const size = new Float64Array(count).fill(1);
  const node = Int32Array.from({ length: count }, (_, i) => i);
  const alive = new Uint8Array(count).fill(1);
  const merges: Merge[] = [];
  const chain: number[] = [];
  while (merges.length < count - 1) {
    if (chain.length === 0) chain.push(alive.indexOf(1));
    for (;;) {
      const top = chain.at(-1) as number;
      const before = chain.at(-2) ?? -1;
      let [nearest, near] = [before, before < 0 ? Number.POSITIVE_INFINITY : (d[top * count + before] as number)];
      for (let i = 0; i < count; i++) {
        if (alive[i] === 0 || i === top) continue;
        const far = d[top * count + i] as number;
        if (far < near) [nearest, near] = [i, far];
      }
      if (nearest !== before) {
        chain.push(nearest);
        continue;
      }
      chain.length -= 2;
      const [keep, gone] = top < before ? [top, before] : [before, top];
      merges.push({ left: node[keep] as number, right: node[gone] as number, height: near });
      const [a, b] = [size[keep] as number, size[gone] as number];
      for (let i = 0; i < count; i++) {
        if (alive[i] === 0 || i === keep || i === gone) continue;
        const joined = (a * (d[keep * count + i] as number) + b * (d[gone * count + i] as number)) / (a + b);
        d[keep * count + i] = d[i * count + keep] = joined;
      }
      size[keep] = a + b;
      alive[gone] = 0;
      node[keep] = count + merges.length - 1;
      break;
    }
  }
  return merges;
}
