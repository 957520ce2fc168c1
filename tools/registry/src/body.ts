/** Reading what a server sends, however it sends it: bounded in size, in memory for each byte, and in time as a whole. */

/** A body is longer than it may be. */
export class TooLongError extends Error {
  override readonly name = "TooLongError";
}

/** A body comes, but so slowly that it would hold up its reader for ever. */
export class TooSlowError extends Error {
  override readonly name = "TooSlowError";
}

/** What the slowest network that is of any use carries, after the first moments: GPRS has five times as much. */
const slowestBytesPerSecond = 1024;

/**
 * Whether a transfer is slower than any network that works: what sends a byte now and then never falls silent, and would
 * else take days.
 *
 * @param elapsedMs since it began
 * @param bytes what came since
 * @param graceMs how long it may take to begin
 */
export function isTooSlow(elapsedMs: number, bytes: number, graceMs: number): boolean {
  return elapsedMs > graceMs + (1000 * bytes) / slowestBytesPerSecond;
}

/** How `readBody` reads. */
export interface BodyOptions {
  /** The most bytes that are read; what is longer is an error and is not read to its end. */
  readonly maximum: number;
  /** What the server says that it has: used as a hint only. */
  readonly announced?: number;
  /** How long the body may take to begin, in milliseconds. */
  readonly graceMs: number;
  /** Told how many bytes came so far. */
  readonly onReceived: (bytes: number) => void;
  /** Milliseconds from any zero; the process's clock by default. */
  readonly now?: () => number;
}

/** Memory for the first bytes; it doubles from there. */
const firstLength = 64 * 1024;

/**
 * Puts the parts of a body together. Memory grows with the bytes that came, neither with what is announced nor with the
 * number of parts: a server may send each byte by itself.
 *
 * @throws TooLongError, TooSlowError, and what the parts throw
 */
export async function readBody(
  parts: AsyncIterable<Uint8Array>,
  { maximum, announced, graceMs, onReceived, now = () => performance.now() }: BodyOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  if (announced !== undefined && announced > maximum) throw new TooLongError(`more than ${maximum} bytes`);
  const since = now();
  let bytes = new Uint8Array(Math.min(maximum, firstLength));
  let received = 0;
  for await (const part of parts) {
    const length = received + part.length;
    if (length > maximum) throw new TooLongError(`more than ${maximum} bytes`);
    if (isTooSlow(now() - since, length, graceMs)) throw new TooSlowError(`${length} bytes`);
    if (length > bytes.length) {
      const larger = new Uint8Array(Math.min(maximum, Math.max(length, 2 * bytes.length)));
      larger.set(bytes.subarray(0, received));
      bytes = larger;
    }
    bytes.set(part, received);
    received = length;
    onReceived(received);
  }
  // A copy of its own: what is kept of it must not keep the memory around it.
  return received === bytes.length ? bytes : bytes.slice(0, received);
}
