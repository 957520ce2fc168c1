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

/** "0.2 s", "45 s", "3 min", "2 h". */
export function duration(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 120) return `${Math.round(seconds)} s`;
  const minutes = seconds / 60;
  return minutes < 120 ? `${Math.round(minutes)} min` : `${Math.round(minutes / 60)} h`;
}
