import type { Reader } from "@busbar/host/component";

/** Reads a signed LEB128 number of 32 bits: WebAssembly Core Specification 5.2.2. What has more bits was refused before. */
export function readS32(reader: Reader): number {
  let value = 0;
  let shift = 0;
  let byte: number;
  do {
    byte = reader.byte();
    value |= (byte & 0x7f) << shift;
    shift += 7;
  } while (byte >= 0x80 && shift < 35);
  const isNegative = (byte & 0x40) !== 0;
  return isNegative && shift < 32 ? value | (-1 << shift) : value;
}
