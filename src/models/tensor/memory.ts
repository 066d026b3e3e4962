// What the runtime says when memory runs out, as one sentence for a person.
import { TruewindError } from "#base/errors.js";

const FLOAT32_BYTES = 4;

/** Runs `act`; throws `out-of-memory` with the size asked for, where it is known, when memory does not suffice for `what`. */
export async function withinMemory<T>(what: string, act: () => Promise<T> | T): Promise<T> {
  try {
    return await act();
  } catch (cause) {
    if (
      !(cause instanceof Error) ||
      cause instanceof TruewindError ||
      !/bad.?alloc|failed to allocate|allocation failed|out of memory|invalid (typed )?array (buffer )?length/i.test(cause.message)
    )
      throw cause;
    const bytes = Number(/size:?\s*(\d+)/i.exec(cause.message)?.[1]);
    const numbers = Number(/array length:?\s*(\d+)/i.exec(cause.message)?.[1]);
    const asked = Number.isNaN(bytes) ? FLOAT32_BYTES * numbers : bytes;
    const told = Number.isNaN(asked) ? "" : `: ${(asked / 2 ** 20).toFixed(0)} MB were asked for at once`;
    throw new TruewindError(
      "out-of-memory",
      `There is not enough memory for ${what}${told}; take a smaller batch, fewer steps or fewer units.`,
      { cause },
    );
  }
}
