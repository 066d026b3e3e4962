// Which decision a user means by a day or a time.
import { TruewindError } from "#base/errors.js";
import { MINUTE_US, type Micros, formatMicros } from "#domain/time.js";

export interface Moment {
  readonly at: Micros;
  /** The day it belongs to, `YYYY-MM-DD`. */
  readonly day: string;
}

/**
 * Position of the moment that `wanted` names: a day, or a time in UTC to the minute where a day has several. `known`: ascending, not empty.
 * Throws `bad-usage`, naming what there is.
 */
export function findMoment(wanted: string, known: readonly Moment[], of: string): number {
  const parts = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(?::\d{2}(?:\.\d+)?)?Z?)?$/.exec(wanted);
  const day = parts?.[1];
  if (day === undefined)
    throw new TruewindError("bad-usage", `"${wanted}" is no moment: write a day as YYYY-MM-DD, or a time in UTC as YYYY-MM-DDThh:mm.`);
  const minute = parts?.[2];
  const fits = [...known.keys()].filter((i) => {
    const { at, day: own } = known[i] as Moment;
    return own === day && (minute === undefined || timeOf(at) === minute);
  });
  const [only, second] = fits;
  if (only !== undefined && second === undefined) return only;
  if (only !== undefined) {
    const [first, last] = [known[only] as Moment, known[fits.at(-1) as number] as Moment];
    throw new TruewindError(
      "bad-usage",
      `${of} has ${fits.length} moments on ${day}, from ${timeOf(first.at)} to ${timeOf(last.at)} UTC: name one, as ${day}T${timeOf(last.at)}.`,
    );
  }
  const before = known.findLast((moment) => moment.day < day || (moment.day === day && minute !== undefined && timeOf(moment.at) < minute));
  const after = known.find((moment) => moment.day > day || (moment.day === day && minute !== undefined && timeOf(moment.at) > minute));
  const near = [before, after].flatMap((moment) => (moment === undefined ? [] : [nameOf(moment, minute !== undefined)]));
  throw new TruewindError(
    "bad-usage",
    `${of} has no moment ${wanted}; the nearest ${near.length > 1 ? "are" : "is"} ${near.join(" and ")}.`,
  );
}

const timeOf = (at: Micros): string => formatMicros((Math.floor(at / MINUTE_US) * MINUTE_US) as Micros).slice(11, 16);
const nameOf = ({ at, day }: Moment, timed: boolean): string => (timed ? `${day}T${timeOf(at)}` : day);
