/** An address, an endpoint, a class: "0x76", in at least two digits. */
export function hex(value: number): string {
  return `0x${value.toString(16).padStart(2, "0")}`;
}

/** A vendor's or a product's id: "0x0043", in at least four digits. */
export function hex4(value: number): string {
  return `0x${value.toString(16).padStart(4, "0")}`;
}
