import { setTimeout } from "node:timers/promises";

/** How long the kernel may take for what it does by itself, in milliseconds; an emulated processor is slow. */
const LIMIT_MS = 15_000;
const STEP_MS = 20;

/**
 * Waits until the kernel has done something.
 *
 * @param what the rest of the sentence "The kernel did not ..."
 * @param look called again and again until it returns something
 * @throws Error when that takes too long
 */
export async function waitFor<Found>(
  what: string,
  look: () => Found | undefined | Promise<Found | undefined>,
): Promise<Found> {
  const limit = performance.now() + LIMIT_MS;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > limit) throw new Error(`The kernel did not ${what} within ${LIMIT_MS / 1000} s.`);
    await setTimeout(STEP_MS);
  }
}
