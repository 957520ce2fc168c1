/** A size in bytes for people: "1.65 MB", "312 kB". */
export function megabytes(bytes: number): string {
  return bytes < 1_000_000 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1e6).toFixed(2)} MB`;
}

/** A 7-bit I2C address as everybody writes it: "0x76". */
export function hexAddress(address: number): string {
  return hexByte(address);
}

/** A byte: "0x0a". */
export function hexByte(value: number): string {
  return `0x${value.toString(16).padStart(2, "0")}`;
}

/** Sixteen bits, such as the ids of USB: "0x2341". */
export function hexWord(value: number): string {
  return `0x${value.toString(16).padStart(4, "0")}`;
}
