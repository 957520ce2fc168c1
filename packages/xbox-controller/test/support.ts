/// <reference types="node" />

/** Bytes from hex, as messages are documented. */
export const bytes = (hex: string): Uint8Array =>
  Uint8Array.from(Buffer.from(hex.replaceAll(/\s/g, ""), "hex"));
