import { endianness } from "node:os";
import type { UartLineSettings } from "@busbar/host/backend";
import {
  BOTHER,
  C_CC,
  C_ISPEED,
  C_OSPEED,
  CLOCAL,
  CMSPAR,
  CREAD,
  CRTSCTS,
  CS,
  CSIZE,
  CSTOPB,
  HUPCL,
  INPCK,
  PARENB,
  PARMRK,
  PARODD,
  TERMIOS2_SIZE,
  VMIN,
  VTIME,
} from "./constants.ts";

const littleEndian = endianness() === "LE";

/** Where the flags are in `struct termios2`. */
const flagsAt = { input: 0, output: 4, control: 8, local: 12 } as const;

/** The bits of c_cflag that say how the bytes are on the line. */
const lineFlags = (CSIZE | CSTOPB | PARENB | PARODD | CMSPAR | CRTSCTS) >>> 0;

const parityFlags: Readonly<Record<UartLineSettings["parity"], number>> = {
  none: 0,
  odd: PARENB | PARODD,
  even: PARENB,
  mark: PARENB | PARODD | CMSPAR,
  space: PARENB | CMSPAR,
};

/** How far a speed may be from what was asked for: half a bit, at the end of the last of ten. */
const tolerance = 0.05;

/**
 * The `struct termios2` of a line as it is set: raw bytes both ways, with marks where bytes were disturbed, no modem, and reads that end with the
 * first byte.
 *
 * @param before as the tty has it: what happens when it is closed stays
 */
export function encodeTermios(settings: UartLineSettings, before: Uint8Array): Uint8Array {
  const termios = new Uint8Array(TERMIOS2_SIZE);
  const view = new DataView(termios.buffer);
  view.setUint32(flagsAt.input, PARMRK | INPCK, littleEndian);
  const kept = flags(before) & HUPCL;
  view.setUint32(
    flagsAt.control,
    (controlFlags(settings) | BOTHER | CREAD | CLOCAL | kept) >>> 0,
    littleEndian,
  );
  termios[C_CC + VMIN] = 1;
  termios[C_CC + VTIME] = 0;
  view.setUint32(C_ISPEED, settings.baudRate, littleEndian);
  view.setUint32(C_OSPEED, settings.baudRate, littleEndian);
  return termios;
}

/**
 * What a tty did not take: a driver sets what it cannot do as it likes, and says so only here.
 *
 * @param termios what it has after it was set
 * @returns the name of a setting, as in a board file; undefined where it has all
 */
export function refusedSetting(settings: UartLineSettings, termios: Uint8Array): string | undefined {
  const view = viewOf(termios);
  const differs = (flags(termios) ^ controlFlags(settings)) & lineFlags;
  if ((differs & CSIZE) !== 0) return `"dataBits": ${settings.dataBits}`;
  if ((differs & (PARENB | PARODD | CMSPAR)) !== 0) return `"parity": "${settings.parity}"`;
  if ((differs & CSTOPB) !== 0) return `"stopBits": ${settings.stopBits}`;
  if ((differs & CRTSCTS) !== 0) return `"flowControl": "${settings.flowControl}"`;
  const speed = view.getUint32(C_OSPEED, littleEndian);
  return Math.abs(speed / settings.baudRate - 1) <= tolerance
    ? undefined
    : `"baudRate": ${settings.baudRate}`;
}

function controlFlags({ dataBits, parity, stopBits, flowControl }: UartLineSettings): number {
  const bits = CS[dataBits as keyof typeof CS];
  return (
    bits | parityFlags[parity] | (stopBits === 2 ? CSTOPB : 0) | (flowControl === "hardware" ? CRTSCTS : 0)
  );
}

function flags(termios: Uint8Array): number {
  return viewOf(termios).getUint32(flagsAt.control, littleEndian);
}

function viewOf(termios: Uint8Array): DataView {
  return new DataView(termios.buffer, termios.byteOffset, termios.byteLength);
}
