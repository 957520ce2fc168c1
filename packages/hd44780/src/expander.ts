/**
 * How instructions go through a PCF8574, the port expander of the backpack: each byte that it is sent becomes the state
 * of its 8 pins. Pure: nothing here knows a bus.
 *
 * The controller takes a nibble when E falls. An instruction is five bytes here: the first nibble with E low, because RS
 * must be there up to 60 ns before E rises (tAS, "Bus Timing Characteristics"); then each nibble with E high and with E
 * low.
 *
 * All five, and those of following instructions, may go out in one I2C write without a pause. E is high for a whole byte,
 * where 450 ns are asked for (PWEH). From the end of an instruction to the next time that E falls there are three bytes,
 * 27 clock cycles: 270 µs at 100 kHz, the limit of a PCF8574, and 67 µs at 400 kHz, that of its faster siblings (PCA8574).
 * An instruction takes 37 µs at 270 kHz (table 6), so 53 µs with the slowest oscillator that the data sheet allows, 190
 * kHz ("Clock Characteristics"), and the address counter moves 1.5 oscillator cycles, 8 µs, later (tADD, figure 10): 61
 * µs. "Clear display" is the only instruction used here that takes longer, so it is the last of its write.
 */

import type { Option } from "@busbar/guest";

/** A number for each signal: the bit of the pin that it is wired to, or 0 where it is not. */
export interface Pins {
  readonly rs: number;
  readonly e: number;
  readonly backlight: number;
  /** D4 to D7. */
  readonly data: readonly [number, number, number, number];
}

/** A byte for the controller: RS tells an instruction (0) from a character (1). */
export interface Instruction {
  readonly rs: 0 | 1;
  readonly value: number;
}

/** Bytes of each instruction on the bus. */
export const BYTES_PER_INSTRUCTION = 5;

const required = ["rs", "e", "d4", "d5", "d6", "d7"];

/**
 * The option that says what P0 to P7 of the expander are wired to, in this order: "rs", "rw", "e", "bl" for the
 * backlight, "d4" to "d7"; "nc" for a pin that is not connected. All but "rw" and "bl" must be there.
 *
 * @example pins("rs rw e bl d4 d5 d6 d7")
 */
export function pins(fallback: string): Option<string> {
  const valid = (text: string) => {
    const names = text.split(" ");
    const connected = names.filter((name) => name !== "nc");
    return (
      names.length === 8 &&
      connected.every((name) => name === "rw" || name === "bl" || required.includes(name)) &&
      new Set(connected).size === connected.length &&
      required.every((name) => connected.includes(name))
    );
  };
  return {
    fallback,
    allowed: `what P0 to P7 are wired to, such as "${fallback}"; "nc" for a pin that is not connected`,
    parse: (text) => (valid(text) ? text : undefined),
    accepts: (value) => typeof value === "string" && valid(value),
  };
}

/** The pins that a value of the option `pins` says. R/W is not among them: it stays low, nothing is ever read. */
export function parsePins(text: string): Pins {
  const names = text.split(" ");
  const bit = (name: string) => (names.includes(name) ? 1 << names.indexOf(name) : 0);
  return {
    rs: bit("rs"),
    e: bit("e"),
    backlight: bit("bl"),
    data: [bit("d4"), bit("d5"), bit("d6"), bit("d7")],
  };
}

/** One byte for each state of the pins while `instructions` go out one after the other. `base`: the backlight's bit. */
export function encode(instructions: readonly Instruction[], pins: Pins, base: number): number[] {
  return instructions.flatMap(({ rs, value }) => {
    const upper = state(pins, base, rs, value >> 4);
    const lower = state(pins, base, rs, value & 0x0f);
    return [upper, upper | pins.e, upper, lower | pins.e, lower];
  });
}

/** The same for one nibble of an instruction: before 4 bits are chosen, the controller takes each as a whole one. */
export function encodeNibble(nibble: number, pins: Pins, base: number): number[] {
  const low = state(pins, base, 0, nibble);
  return [low, low | pins.e, low];
}

function state(pins: Pins, base: number, rs: 0 | 1, nibble: number): number {
  let byte = base | (rs === 1 ? pins.rs : 0);
  for (const [index, bit] of pins.data.entries()) {
    if ((nibble & (1 << index)) !== 0) byte |= bit;
  }
  return byte;
}
