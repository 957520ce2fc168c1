/**
 * The SPI stream command of the chip, and the pins beside it. The data sheet names the function and no command; these are what drivers of
 * others agree on: ch341a_spi.c of flashrom, spi-ch341.c of the Linux kernel, and spi-ch341.c of
 * https://github.com/frank-zago/ch341-i2c-spi-gpio.
 */

import { DriverError, type SpiWiring } from "@busbar/guest";

/** Commands of a packet: bytes of SPI, as many as are in it; and commands that move pins. */
const SPI_STREAM = 0xa8;
const PIN_STREAM = 0xab;
/** Commands that move pins: levels of D0 to D5, which of them are outputs, and the end. */
const LEVELS = 0x80;
const OUTPUTS = 0x40;
const END = 0x20;

/** D0 to D5 with no device selected: the clock, D3, is low; D0 to D2 are the chip selects; D4 and D5 are data out, and high. */
const RELEASED = 0x37;
const ALL_OUTPUTS = 0x3f;

const LAST_CHIP_SELECT = 2;

/**
 * What a device has to bear, in Hz. The clock is the chip's own: about 1.5 MHz by the driver of Frank Zago, which has it of 12 MHz
 * divided by 8; others say up to 2 MHz.
 */
const CLOCK_HZ = 2_000_000;

/** The most bytes of a packet, beside the command. */
export const MOST_MOVED = 31;

/** @throws DriverError `unsupported` for what the chip cannot do */
export function checkWiring({ chipSelect, mode, maximumHz }: SpiWiring): void {
  if (chipSelect > LAST_CHIP_SELECT) {
    throw DriverError.unsupported(
      `The CH341A has the chip selects 0 to ${LAST_CHIP_SELECT}, at D0 to D2, and no ${chipSelect}.`,
    );
  }
  if (mode !== 0) throw DriverError.unsupported(`The CH341A has the SPI mode 0, and no mode ${mode}.`);
  if (maximumHz < CLOCK_HZ) {
    throw DriverError.unsupported(
      `The clock of the CH341A is up to ${CLOCK_HZ} Hz and cannot be set, and the device bears ${maximumHz} Hz.`,
    );
  }
}

/** Makes outputs of the pins, with no device selected, and then selects one. */
export function selectPacket(chipSelect: number): Uint8Array {
  return Uint8Array.of(
    PIN_STREAM,
    LEVELS | RELEASED,
    OUTPUTS | ALL_OUTPUTS,
    LEVELS | (RELEASED & ~(1 << chipSelect)),
    END,
  );
}

/** Releases every device. */
export const releasePacket = Uint8Array.of(PIN_STREAM, LEVELS | RELEASED, END);

/** Makes inputs of the pins. */
export const letGoPacket = Uint8Array.of(PIN_STREAM, LEVELS | RELEASED, OUTPUTS, END);

/** Moves 1 to `MOST_MOVED` bytes, and gives back as many: bit 0 of each is the first on the wire. */
export function movePacket(bytes: Uint8Array): Uint8Array {
  return Uint8Array.of(SPI_STREAM, ...bytes);
}

/** Between bytes of a device and those of the chip, both ways. */
export function inWireOrder(bytes: Uint8Array, lsbFirst: boolean): Uint8Array {
  return lsbFirst ? bytes : bytes.map(reversed);
}

/** The bits of a byte the other way round. */
function reversed(byte: number): number {
  let result = 0;
  for (let bit = 0; bit < 8; bit += 1) result |= ((byte >> bit) & 1) << (7 - bit);
  return result;
}
