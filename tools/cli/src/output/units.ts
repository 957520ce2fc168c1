/** A size in bytes for people: "1.65 MB", "312 kB". */
export function megabytes(bytes: number): string {
  return bytes < 1_000_000 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1e6).toFixed(2)} MB`;
}

/** A 7-bit I2C address as everybody writes it: "0x76". */
export function hexAddress(address: number): string {
  return `0x${address.toString(16).padStart(2, "0")}`;
}
