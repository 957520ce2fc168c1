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

/**
 * A component, or a core module, from WebAssembly text. What it says is not checked: a test can have any nonsense.
 *
 * @throws where it is no WebAssembly text
 */
export function parseWat(text: string): Promise<Uint8Array<ArrayBuffer>>;
