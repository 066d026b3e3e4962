// How far names are from each other: 0 for those that move as one, 1 for those that always move against each other.
import { checkVariances, type Covariance, deviationsOf } from "../covariance/covariance.js";

/** sqrt((1 - correlation) / 2), `[name][name]`, in [0, 1] (Lopez de Prado 2016, section 4.1). Throws `bad-usage` on a name without variance. */
export function correlationDistance(covariance: Covariance): Float64Array {
  const { names: n, values } = covariance;
  checkVariances(covariance);
  const deviation = deviationsOf(covariance);
  return values.map((value, at) => {
    const [i, j] = [Math.floor(at / n), at % n];
    const correlation = Math.max(-1, Math.min(1, value / (deviation[i] as number) / (deviation[j] as number)));
    return i === j ? 0 : Math.sqrt((1 - correlation) / 2);
  });
}
