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
  const left = new Set(means.keys());
  const order: number[] = [];
  const counts: number[] = [];
  while (left.size > 1) {
    const set = [...left];
    const center = (values: Float64Array, row: number): number => set.reduce((sum, i) => sum + (values[row + i] as number), 0) / set.length;
    const squares = new Float64Array(models);
    const over = new Float64Array(draws * set.length);
    for (let draw = 0; draw < draws; draw++) {
      const middle = center(drawn, draw * models);
      for (const [place, i] of set.entries()) {
        const value = (drawn[draw * models + i] as number) - middle;
        over[draw * set.length + place] = value;
        squares[i] = (squares[i] as number) + (value * value) / draws;
      }
    }
    const middle = center(means, 0);
    let [worst, largest] = [set[0] as number, Number.NEGATIVE_INFINITY];
    for (const i of set) {
      const t = ratio((means[i] as number) - middle, Math.sqrt(squares[i] as number));
      if (t > largest) [worst, largest] = [i, t];
    }
    let count = 0;
    for (let draw = 0; draw < draws; draw++) {
      let best = Number.NEGATIVE_INFINITY;
      for (const [place, i] of set.entries())
        best = Math.max(best, ratio(over[draw * set.length + place] as number, Math.sqrt(squares[i] as number)));
      if (best >= largest) count++;
    }
    order.push(worst);
    counts.push(count);
    left.delete(worst);
  }
  return { order: [...order, ...left], counts };
}

/** Models that never differ are equally good. */
function ratio(difference: number, error: number): number {
  return difference === 0 ? 0 : difference / error;
}
