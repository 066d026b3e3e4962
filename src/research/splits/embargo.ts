// An embargo counted in sessions, on both sides of a test.
import { TruewindError } from "#base/errors.js";
import type { Embargo } from "#domain/purge.js";
import { firstSessionFrom, type Session } from "#domain/session.js";
import { formatMicros, type Micros } from "#domain/time.js";

/**
 * Whole sessions between the end of the last training label and the session of the first test decision, and between the end of the last test
 * label and the next training decision, at least. Without any, whatever has ended when the test begins may train, and whatever begins when
 * it has ended. `sessions` cover the decisions.
 */
export function sessionEmbargo(sessions: readonly Session[], count: number): Embargo {
  return (begins, ends) => {
    if (count === 0) return { from: begins, to: ends };
    return {
      from: sessions[sessionOf(sessions, begins) - count]?.closeAt ?? Number.NEGATIVE_INFINITY,
      to: sessions[firstSessionFrom(sessions, ends) + count]?.openAt ?? Number.POSITIVE_INFINITY,
    };
  };
}

/** The session a decision belongs to: the last one that has opened. Throws `bad-config` when none has. */
export function sessionOf(sessions: readonly Session[], at: number): number {
  const next = firstSessionFrom(sessions, at);
  const index = sessions[next]?.openAt === at ? next : next - 1;
  if (index < 0) throw new TruewindError("bad-config", `A decision at ${formatMicros(at as Micros)} precedes the first session.`);
  return index;
}
