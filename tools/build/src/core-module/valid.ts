/// <reference lib="dom" />

/** Whether the engine that this runs on takes a core module. */
export function isValidModule(bytes: Uint8Array<ArrayBuffer>): boolean {
  return WebAssembly.validate(bytes);
}
