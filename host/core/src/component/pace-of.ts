import type { Clock } from "../clock.ts";
import { Pace } from "./preempt/pace.ts";

const paces = new WeakMap<Clock, Pace>();

/** The one pace of all guests that live by a clock: boards of a process share it, so that one guest is resumed a turn. */
export function paceOf(clock: Clock): Pace {
  let pace = paces.get(clock);
  if (pace === undefined) {
    pace = new Pace(() => clock.turn());
    paces.set(clock, pace);
  }
  return pace;
}

/**
 * The time by which slices are measured, in milliseconds: the engine's own, also where a board lives by another clock. A slice
 * is about the processor, and a test's time may leap.
 */
export const processorNow = (): number => performance.now();
