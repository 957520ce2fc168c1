/** "0a1b" as bytes. */
export function bytes(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, "hex"));
}

/** Bytes as "0a1b". */
export function hex(data: Uint8Array): string {
  return Buffer.from(data).toString("hex");
}
