import { endianness } from "node:os";

/** What went wrong on a line since its driver was loaded, as it counts that. */
export interface LineCounters {
  readonly frame: number;
  readonly parity: number;
  /** Of the chip, and of the kernel's buffer behind it. */
  readonly overrun: number;
}

/** `struct serial_icounter_struct` of linux/serial.h: twenty ints. */
export function decodeCounters(bytes: Uint8Array): LineCounters {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const at = (index: number) => view.getInt32(index * 4, endianness() === "LE");
  return { frame: at(6), parity: at(8), overrun: at(7) + at(10) };
}
