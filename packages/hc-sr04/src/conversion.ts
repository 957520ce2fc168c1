/** From the length of the echo's pulse to a distance, without I/O. */

/**
 * The speed of sound in dry air, in metres per second: 331.3 at 0 °C, and 0.606 more for each degree, which is right to 0.2 % from
 * -20 to 60 °C. At 20 °C that is 343.4; the data sheet counts with 340.
 */
export function speedOfSound(celsius: number): number {
  return 331.3 + 0.606 * celsius;
}

/**
 * The distance of what sent the echo back. "Test distance = (high level time x velocity of sound) / 2" ("Working principle").
 *
 * @param pulseMs for how long ECHO was high, in milliseconds
 * @returns metres
 */
export function distanceOf(pulseMs: number, celsius: number): number {
  return ((pulseMs / 1000) * speedOfSound(celsius)) / 2;
}
