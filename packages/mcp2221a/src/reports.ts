/** The commands of the chip, as reports: DS20005565B, chapter 3. Each is 64 bytes, and is answered by one of 64 bytes. */

/** Bytes of a report. */
export const REPORT_BYTES = 64;

/** Bytes of data that one report carries (sections 3.1.5 and 3.1.10). */
export const DATA_BYTES = 60;

/** The commands' codes, which the answers repeat. */
export const Command = {
  /** Section 3.1.1. */
  STATUS: 0x10,
  /** Section 3.1.10. */
  GET_I2C_DATA: 0x40,
  /** Sections 3.1.11 and 3.1.12. */
  SET_GPIO: 0x50,
  GET_GPIO: 0x51,
  /** Sections 3.1.13 and 3.1.14. */
  SET_SRAM: 0x60,
  GET_SRAM: 0x61,
  /** Sections 3.1.5 to 3.1.9. */
  WRITE: 0x90,
  READ: 0x91,
  WRITE_REPEATED_START: 0x92,
  READ_REPEATED_START: 0x93,
  WRITE_NO_STOP: 0x94,
} as const;

/** States of the I2C engine. The data sheet only says that there is a state; these are what chips are seen in. */
export const State = {
  IDLE: 0x00,
  /** Nobody acknowledged the address. */
  ADDRESS_NOT_ACKNOWLEDGED: 0x25,
  /** Everything was written, and the bus is kept for a repeated start. */
  WRITTEN_WITHOUT_STOP: 0x45,
  /** The data that was asked for is there, in part or up to its end. */
  READ_PARTLY: 0x54,
  READ_COMPLETELY: 0x55,
} as const;

/** States in which the engine waited in vain for a line of the bus, or for the target that holds the clock. */
const timedOut: ReadonlySet<number> = new Set([0x12, 0x17, 0x23, 0x44, 0x52, 0x62]);

/** Whether the engine gave up waiting in this state. */
export function isTimeout(state: number): boolean {
  return timedOut.has(state);
}

/** Status/Set Parameters (section 3.1.1). */
export function statusReport(
  options: { readonly cancel?: boolean; readonly divider?: number } = {},
): Uint8Array {
  const report = new Uint8Array(REPORT_BYTES);
  report[0] = Command.STATUS;
  if (options.cancel === true) report[2] = 0x10;
  if (options.divider !== undefined) report.set([0x20, options.divider], 3);
  return report;
}

/** What the answer to that says. */
export interface Status {
  readonly state: number;
  readonly isIdle: boolean;
  /** Whether the target did not acknowledge (byte 20, bit 6). */
  readonly isNotAcknowledged: boolean;
  /** Whether the speed that was asked for is in use. */
  readonly hasSpeed: boolean;
}

/** Reads the answer to Status/Set Parameters. */
export function parseStatus(report: Uint8Array): Status {
  const state = report[8]!;
  return {
    state,
    isIdle: state === State.IDLE,
    isNotAcknowledged: (report[20]! & 0x40) !== 0,
    hasSpeed: report[3] === 0x20,
  };
}

/**
 * A command that begins a transfer, or goes on with its data (sections 3.1.5 to 3.1.9).
 *
 * @param length of the whole transfer, 1 to 65535
 * @param data at most 60 bytes of it, of a write
 */
export function transferReport(
  command: number,
  address: number,
  length: number,
  data: Uint8Array = new Uint8Array(),
): Uint8Array {
  const report = new Uint8Array(REPORT_BYTES);
  const isRead = command === Command.READ || command === Command.READ_REPEATED_START;
  report.set([command, length & 0xff, length >> 8, (address << 1) | (isRead ? 1 : 0)]);
  report.set(data, 4);
  return report;
}

/** I2C Read Data - Get I2C Data (section 3.1.10). */
export function getDataReport(): Uint8Array {
  const report = new Uint8Array(REPORT_BYTES);
  report[0] = Command.GET_I2C_DATA;
  return report;
}

/** What a read has brought; `undefined` while it has brought nothing yet. */
export interface ReadData {
  readonly state: number;
  readonly bytes: Uint8Array | undefined;
}

/** Reads the answer to Get I2C Data: byte 3 counts its data, and is 127 where there is an error. */
export function parseData(report: Uint8Array): ReadData {
  const state = report[2]!;
  const count = report[3]!;
  const isThere =
    report[1] === 0x00 &&
    count <= DATA_BYTES &&
    (state === State.READ_PARTLY || state === State.READ_COMPLETELY);
  return { state, bytes: isThere ? report.slice(4, 4 + count) : undefined };
}

/** GP0 to GP3. */
export const PINS = 4;

/** What a pin is set up for, in the byte that it has in the settings (section 3.1.13): bits 2 to 0; an input by bit 3, its level by bit 4. */
const DESIGNATION = 0x07;
const INPUT = 0x08;
const HIGH = 0x10;
const GPIO = 0x00;

/** How one pin is set up. */
export interface PinSetting {
  readonly isGpio: boolean;
  /** As it is in the report. */
  readonly byte: number;
}

/** The settings of a pin that is an input or an output. */
export function gpioSetting(isInput: boolean, isHigh: boolean): number {
  return GPIO | (isInput ? INPUT : 0) | (isHigh ? HIGH : 0);
}

/** Get SRAM Settings (section 3.1.14). */
export function getSettingsReport(): Uint8Array {
  return new Uint8Array(REPORT_BYTES).fill(Command.GET_SRAM, 0, 1);
}

/** Reads the pins out of the answer to that: bytes 22 to 25. */
export function parseSettings(report: Uint8Array): PinSetting[] {
  return [...report.subarray(22, 22 + PINS)].map((byte) => ({ byte, isGpio: (byte & DESIGNATION) === GPIO }));
}

/** Set SRAM Settings (section 3.1.13), of all pins and of nothing else: byte 7 says that they follow. */
export function setPinsReport(settings: readonly number[]): Uint8Array {
  const report = new Uint8Array(REPORT_BYTES);
  report[0] = Command.SET_SRAM;
  report.set([0x80, ...settings], 7);
  return report;
}

/** Set GPIO Output Values (section 3.1.11): the level of one pin, its direction, or both. */
export function setPinReport(
  pin: number,
  { level, isInput }: { level?: boolean; isInput?: boolean },
): Uint8Array {
  const report = new Uint8Array(REPORT_BYTES);
  report[0] = Command.SET_GPIO;
  if (level !== undefined) report.set([1, level ? 1 : 0], 2 + 4 * pin);
  if (isInput !== undefined) report.set([1, isInput ? 1 : 0], 4 + 4 * pin);
  return report;
}

/** Get GPIO Values (section 3.1.12). */
export function getPinsReport(): Uint8Array {
  return new Uint8Array(REPORT_BYTES).fill(Command.GET_GPIO, 0, 1);
}

/** Reads a pin out of the answer to that; undefined where it is no GPIO. */
export function parsePin(
  report: Uint8Array,
  pin: number,
): { readonly isHigh: boolean; readonly isInput: boolean } | undefined {
  const [value, direction] = report.subarray(2 + 2 * pin, 4 + 2 * pin);
  if (value! > 1 || direction! > 1) return undefined;
  return { isHigh: value === 1, isInput: direction === 1 };
}
