// One answer of a web address, read from a byte on for as long as bytes come: however long it takes as a whole, it is given up only when it stands
// still. What came before it broke off is kept.

/** What an answer says from a byte on, and why there is no more of it; null where it has been read to its end. */
export interface WebAnswer {
  readonly status: number;
  readonly bytes: Buffer;
  readonly broken: Error | null;
}

export interface Asked {
  readonly from: number;
  /** Bytes after which no more are read. */
  readonly room: number;
  /** Milliseconds without a byte. */
  readonly patienceMs: number;
}

export async function answerOf(url: string, { from, room, patienceMs }: Asked, signal: AbortSignal): Promise<WebAnswer> {
  const idle = new AbortController();
  const timer = setTimeout(() => idle.abort(new Error(`no byte came for ${patienceMs / 1000} s`)), patienceMs);
  const chunks: Buffer[] = [];
  let [size, status, skip] = [0, 0, 0];
  let broken: Error | null = null;
  try {
    const answer = await fetch(url, {
      signal: AbortSignal.any([signal, idle.signal]),
      headers: from === 0 ? {} : { range: `bytes=${from}-` },
    });
    status = answer.status;
    skip = status === 206 ? 0 : from;
    for await (const bytes of ((answer.ok ? answer.body : null) ?? []) as AsyncIterable<Uint8Array>) {
      timer.refresh();
      const chunk = Buffer.from(bytes).subarray(skip);
      skip -= Math.min(skip, bytes.length);
      chunks.push(chunk);
      size += chunk.length;
      if (size >= room) break;
    }
    if (!answer.ok) await answer.body?.cancel();
  } catch (cause) {
    // Before its first byte there is nothing to keep.
    if (status === 0 || signal.aborted) throw cause;
    broken = cause as Error;
  } finally {
    clearTimeout(timer);
  }
  return { status, bytes: Buffer.concat(chunks), broken };
}
