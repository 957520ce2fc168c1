/** Waiting for a whole frame of a protocol that has no other borders than those in its bytes. */

import type { Time } from "./board-time.ts";
import { UartFault } from "./uart-errors.ts";
import type { UartPort } from "./uart-port.ts";

/** What finds the frames of a protocol among bytes. It must keep no more than a frame, whatever comes. */
export interface FrameFinder<Frame> {
  /**
   * Takes what came next.
   *
   * @returns a frame that is whole; undefined where none is yet. What came behind it is kept for the next call, which may be with no
   *   bytes at all
   */
  push(bytes: Uint8Array): Frame | undefined;

  /** Bytes were disturbed or lost: what was begun is no frame. */
  reset(): void;
}

/** How long, and how much at a time. */
export interface FrameWait {
  readonly timeoutMs: number;
  /** The most bytes of one read; a board may grant fewer than 4096. */
  readonly maximum: number;
  /** What is thrown where no frame came. */
  timeout(): Error;
}

/**
 * Reads until there is a whole frame. Bytes that were disturbed on the line, or lost, cost the frame that they were of: the next one
 * is taken.
 *
 * @throws DriverError: the last fault of the line where no frame came in time and there was one, and `timeout` where there was none;
 *   every other error of the port at once
 */
export function readFrame<Frame>(
  port: UartPort,
  time: Pick<Time, "nowMs">,
  finder: FrameFinder<Frame>,
  { timeoutMs, maximum, timeout }: FrameWait,
): Frame {
  const endMs = time.nowMs() + timeoutMs;
  let fault: UartFault | undefined;
  let frame = finder.push(new Uint8Array());
  while (frame === undefined) {
    const leftMs = Math.ceil(endMs - time.nowMs());
    if (leftMs <= 0) throw fault ?? timeout();
    try {
      frame = finder.push(port.read(maximum, leftMs));
    } catch (error) {
      if (!(error instanceof UartFault && error.isOfLine)) throw error;
      fault = error;
      finder.reset();
    }
  }
  return frame;
}
