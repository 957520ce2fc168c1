/** The reports of the chip: AN495, "CP2112 Interface Specification". Numbers in them have the highest byte first. */

/** Bytes of a report that goes through an interrupt endpoint. */
export const REPORT_BYTES = 64;

/** Bytes of data that one report carries (AN495 sections 5.4 and 5.5). */
export const REPORT_DATA = 61;

/** The most bytes of a write, of one that a read follows, and of a read (AN495 sections 5.5, 5.2 and 5.1). */
export const LONGEST = { write: REPORT_DATA, writeBeforeRead: 16, read: 512 } as const;

/** Report ids: feature reports (AN495 chapter 4), and those of data transfers (chapter 5). */
export const Report = {
  GPIO_CONFIGURATION: 0x02,
  GET_GPIO: 0x03,
  SET_GPIO: 0x04,
  VERSION: 0x05,
  SMBUS_CONFIGURATION: 0x06,
  READ_REQUEST: 0x10,
  WRITE_READ_REQUEST: 0x11,
  READ_FORCE_SEND: 0x12,
  READ_RESPONSE: 0x13,
  WRITE: 0x14,
  STATUS_REQUEST: 0x15,
  STATUS_RESPONSE: 0x16,
  CANCEL: 0x17,
} as const;

/** Bytes of the answer to "Get Version Information" (section 4.5), and what it has for a CP2112. */
export const VERSION_BYTES = 3;
const PART_NUMBER = 0x0c;

/** Version 1 makes no repeated start: "CP2112 Errata". */
const FIRST_WITH_REPEATED_START = 2;

/** How many pins it has, GPIO.0 to GPIO.7. */
export const PINS = 8;

/** Bytes of the GPIO configuration, and of the answer to "Get GPIO Values" (sections 4.2 and 4.3). */
export const GPIO_CONFIGURATION_BYTES = 5;
export const GPIO_VALUES_BYTES = 2;

/** What pins do besides being GPIO, by their numbers: the bit of "Special" (section 4.2) of clock output, and of two lights for USB. */
const specialFunctions: ReadonlyMap<number, number> = new Map([
  [7, 0x01],
  [0, 0x02],
  [1, 0x04],
]);

/** How a pin is used: an output drives both levels, or only low. */
export type PinUse = "input" | "push-pull" | "open-drain";

/**
 * The GPIO configuration (section 4.2) with one pin used otherwise, as GPIO and nothing else.
 *
 * @param current what "Get GPIO Configuration" answered
 * @returns undefined where that is no such answer
 */
export function withPin(current: Uint8Array, pin: number, use: PinUse): Uint8Array | undefined {
  if (current.length !== GPIO_CONFIGURATION_BYTES || current[0] !== Report.GPIO_CONFIGURATION)
    return undefined;
  const [id, direction, pushPull, special, clockDivider] = current as unknown as readonly number[];
  const bit = 1 << pin;
  return Uint8Array.of(
    id!,
    use === "input" ? direction! & ~bit : direction! | bit,
    use === "push-pull" ? pushPull! | bit : pushPull! & ~bit,
    special! & ~(specialFunctions.get(pin) ?? 0),
    clockDivider!,
  );
}

/** Sets the level of one output: "Set GPIO Values" (section 4.4). */
export function setPinReport(pin: number, isHigh: boolean): Uint8Array {
  const bit = 1 << pin;
  return Uint8Array.of(Report.SET_GPIO, isHigh ? bit : 0, bit);
}

/** The level of a pin in the answer to "Get GPIO Values" (section 4.3); undefined where that is no such answer. */
export function parsePin(report: Uint8Array, pin: number): boolean | undefined {
  if (report.length !== GPIO_VALUES_BYTES || report[0] !== Report.GET_GPIO) return undefined;
  return (report[1]! & (1 << pin)) !== 0;
}

/** Bytes of the SMBus configuration (section 4.6). */
export const CONFIGURATION_BYTES = 14;

/** What the answer to "Get Version Information" says; undefined where it is no CP2112's. */
export function parseVersion(report: Uint8Array): { readonly hasRepeatedStart: boolean } | undefined {
  if (report.length !== VERSION_BYTES || report[0] !== Report.VERSION || report[1] !== PART_NUMBER)
    return undefined;
  return { hasRepeatedStart: report[2]! >= FIRST_WITH_REPEATED_START };
}

/**
 * The SMBus configuration (section 4.6). The chip has no target address that matters here, sends what it read only when it is asked:
 * by itself it sends wrong bytes. It frees a bus whose clock is held low for 25 ms, and asks an address that nobody acknowledges once more: 0
 * would be for ever.
 */
export function configurationReport(clockHz: number, timeoutMs: number): Uint8Array {
  const report = new Uint8Array(CONFIGURATION_BYTES);
  const view = new DataView(report.buffer);
  view.setUint8(0, Report.SMBUS_CONFIGURATION);
  view.setUint32(1, clockHz);
  view.setUint8(5, 0x02); // Device Address: as from the factory
  view.setUint8(6, 0); // Auto Send Read
  view.setUint16(7, timeoutMs); // Write Timeout
  view.setUint16(9, timeoutMs); // Read Timeout
  view.setUint8(11, 1); // SCL Low Timeout
  view.setUint16(12, 1); // Retry Time
  return report;
}

/** A write of 1 to 61 bytes (section 5.5). */
export function writeReport(address: number, data: Uint8Array): Uint8Array {
  return report(Report.WRITE, address << 1, data.length, ...data);
}

/** A read of 1 to 512 bytes (section 5.1). */
export function readReport(address: number, length: number): Uint8Array {
  return report(Report.READ_REQUEST, address << 1, length >> 8, length & 0xff);
}

/** A write of 1 to 16 bytes, and a read of 1 to 512 after a repeated start (section 5.2). */
export function writeReadReport(address: number, data: Uint8Array, length: number): Uint8Array {
  return report(Report.WRITE_READ_REQUEST, address << 1, length >> 8, length & 0xff, data.length, ...data);
}

/** Asks for what was read (section 5.3). */
export function forceSendReport(length: number): Uint8Array {
  return report(Report.READ_FORCE_SEND, length >> 8, length & 0xff);
}

/** Asks how the transfer goes (section 5.6). */
export function statusReport(): Uint8Array {
  return report(Report.STATUS_REQUEST, 0x01);
}

/** Ends the transfer, and frees the bus (section 5.8). */
export function cancelReport(): Uint8Array {
  return report(Report.CANCEL, 0x01);
}

function report(...bytes: number[]): Uint8Array {
  const all = new Uint8Array(REPORT_BYTES);
  all.set(bytes);
  return all;
}

/** How a transfer went wrong: status 1 of a transfer that is complete with an error (section 5.7). */
export type TransferFault =
  | "not-acknowledged"
  | "bus-not-free"
  | "arbitration-lost"
  | "read-incomplete"
  | "write-incomplete"
  | "unknown";

const faults: readonly TransferFault[] = [
  "not-acknowledged",
  "bus-not-free",
  "arbitration-lost",
  "read-incomplete",
  "write-incomplete",
];

/** What a "Transfer Status Response" says (section 5.7). */
export type TransferStatus =
  | { readonly state: "idle" | "busy" | "complete" }
  | { readonly state: "failed"; readonly fault: TransferFault };

/** Reads a "Transfer Status Response"; undefined for a status that there is not. */
export function parseStatus(report: Uint8Array): TransferStatus | undefined {
  switch (report[1]) {
    case 0x00:
      return { state: "idle" };
    case 0x01:
      return { state: "busy" };
    case 0x02:
      return { state: "complete" };
    case 0x03:
      return { state: "failed", fault: faults[report[2]!] ?? "unknown" };
    default:
      return undefined;
  }
}

/** The bytes in a "Data Read Response" (section 5.4), at most 61; undefined where it claims more. */
export function parseData(report: Uint8Array): Uint8Array | undefined {
  const count = report[2]!;
  return count <= REPORT_DATA ? report.slice(3, 3 + count) : undefined;
}
