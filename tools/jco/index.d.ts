/** What decides how jco translates. */
export interface JcoOptions {
  /** The functions of the host that give promises: "wasi:i2c/delay#[method]delay.delay-ns", without version. */
  readonly waits?: readonly string[];
}

/**
 * Runs a component the way jco does: translated to JavaScript, which is loaded from a temporary folder.
 *
 * @param imports by interface path without version
 * @returns the exports, by whole names and by short ones
 */
export function startWithJco<Exports = Record<string, unknown>>(
  component: Uint8Array,
  imports: Readonly<Record<string, unknown>>,
  options?: JcoOptions,
): Promise<Exports>;
