// Eliminating the worst model until equal ability is no longer refused: Hansen, Lunde & Nason (2011), section 3.1.2. What is counted at each
// step: draws whose statistic, centered, reaches the observed one.

export interface DrawnLosses {
  /** Mean loss of each model. */
  readonly means: Float64Array;
  /** Mean of each model's centered loss in each draw, draw after draw. */
  readonly drawn: Float64Array;
  readonly draws: number;
}

export interface Elimination {
  /** Models, first eliminated first. */
  readonly order: readonly number[];
  /** One per elimination, so one fewer than models. */
  readonly counts: readonly number[];
}

/**
 * T_R: the largest t statistic of a pair; out goes the worse of it. Pairs keep their errors as the set shrinks, so the order is known before any
 * draw is looked at, and sets are grown from the last model: each draw's largest pair is only ever raised.
 */
export function byRange({ means, drawn, draws }: DrawnLosses): Elimination {
  const models = means.length;
  const errors = new Float64Array(models * models);
  for (let draw = 0; draw < draws; draw++)
    for (let i = 0, row = draw * models; i < models; i++)
      for (let j = 0; j < i; j++)
        errors[i * models + j] =
          (errors[i * models + j] as number) + ((drawn[row + i] as number) - (drawn[row + j] as number)) ** 2 / draws;
  for (let i = 0; i < models; i++)
    for (let j = 0; j < i; j++) errors[i * models + j] = errors[j * models + i] = Math.sqrt(errors[i * models + j] as number);
  const t = (i: number, j: number): number => ratio((means[i] as number) - (means[j] as number), errors[i * models + j] as number);

  const left = new Set(means.keys());
  const order: number[] = [];
  const observed: number[] = [];
  while (left.size > 1) {
    let [worst, largest] = [-1, Number.NEGATIVE_INFINITY];
    for (const i of left) for (const j of left) if (i !== j && t(i, j) > largest) [worst, largest] = [i, t(i, j)];
    order.push(worst);
    observed.push(largest);
    left.delete(worst);
  }
  order.push(...left);

  const counts = new Array<number>(models - 1).fill(0);
  for (let draw = 0, row = 0; draw < draws; draw++, row += models) {
    let best = 0;
    for (let place = models - 2; place >= 0; place--) {
      const i = order[place] as number;
      for (let later = place + 1; later < models; later++) {
        const j = order[later] as number;
        const value = ratio(Math.abs((drawn[row + i] as number) - (drawn[row + j] as number)), errors[i * models + j] as number);
        if (value > best) best = value;
      }
      if (best >= (observed[place] as number)) counts[place] = (counts[place] as number) + 1;
    }
  }
  return { order, counts };
}

/** T_max: the largest t statistic of a model against the average of the set; out goes that model. Errors are of the set at hand. */
export function byAverage({ means, drawn, draws }: DrawnLosses): Elimination {
  const models = means.length;
  const order: number[] = [];
  const counts: number[] = [];
  // Differences from the average of the set, draw after draw: reused as the set shrinks.
  const over = new Float64Array(draws * models);
  let set = Int32Array.from(means.keys());
  while (set.length > 1) {
    const n = set.length;
    const errors = differences(drawn, draws, models, set, over);
    const middle = set.reduce((sum, i) => sum + (means[i] as number), 0) / n;
    let [worst, largest] = [0, Number.NEGATIVE_INFINITY];
    for (let place = 0; place < n; place++) {
      const t = ratio((means[set[place] as number] as number) - middle, errors[place] as number);
      if (t > largest) [worst, largest] = [place, t];
    }
    let count = 0;
    for (let draw = 0, cell = 0; draw < draws; draw++) {
      let best = Number.NEGATIVE_INFINITY;
      for (let place = 0; place < n; place++, cell++) {
        const value = ratio(over[cell] as number, errors[place] as number);
        if (value > best) best = value;
      }
      if (best >= largest) count++;
    }
    order.push(set[worst] as number);
    counts.push(count);
    set = set.filter((_, place) => place !== worst);
  }
  return { order: [...order, ...set], counts };
}

/** Writes each drawn mean less the average of its draw over the set, row-major `[draw][place]`; their root mean squares by place. */
function differences(drawn: Float64Array, draws: number, models: number, set: Int32Array, out: Float64Array): Float64Array {
  const n = set.length;
  const squares = new Float64Array(n);
  for (let draw = 0, row = 0, cell = 0; draw < draws; draw++, row += models) {
    let sum = 0;
    for (let place = 0; place < n; place++) sum += drawn[row + (set[place] as number)] as number;
    const middle = sum / n;
    for (let place = 0; place < n; place++, cell++) {
      const value = (drawn[row + (set[place] as number)] as number) - middle;
      out[cell] = value;
      squares[place] = (squares[place] as number) + (value * value) / draws;
    }
  }
  return squares.map(Math.sqrt);
}

/** Models that never differ are equally good. */
function ratio(difference: number, error: number): number {
  return difference === 0 ? 0 : difference / error;
}
