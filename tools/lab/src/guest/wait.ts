import { setTimeout } from "node:timers/promises";

/** How long the kernel may take for what it does by itself, in milliseconds; an emulated processor is slow. */
const LIMIT_MS = 15_000;
const STEP_MS = 20;

/**
 * Waits until the kernel has done something.
 *
 * @param what the rest of the sentence "The kernel did not ..."
 * @param look called again and again until it returns something
 * @param limitMs how long at most; as long as the kernel may take for something by itself where it is left out
 * @param stepMs how long between two looks
 * @throws Error when that takes too long
 */
export async function waitFor<Found>(
  what: string,
  look: () => Found | undefined | Promise<Found | undefined>,
  limitMs = LIMIT_MS,
  stepMs = STEP_MS,
): Promise<Found> {
  const limit = performance.now() + limitMs;
  for (;;) {
    const beganMs = performance.now();
    const found = await look();
    if (found !== undefined) return found;
    // One look that is late is fair: the kernel can hold it up for as long as a driver's probe takes.
    if (beganMs > limit) throw new Error(`The kernel did not ${what} within ${limitMs / 1000} s.`);
    await setTimeout(stepMs);
  }
}
