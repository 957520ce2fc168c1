/** What component:usb throws, as the one error of drivers. */

import { DriverError } from "./errors.ts";
import type { DeviceError, LibusbError } from "./wit.ts";

/**
 * A USB call that failed: a DriverError that keeps libusb's case, for drivers that recover from a stall or go on after a
 * timeout.
 */
export class UsbFault extends DriverError {
  /** The case of component:usb/errors `libusb-error`. */
  readonly code: LibusbError;

  /** @param doing what the driver was doing: "reading 512 bytes from endpoint 0x81" */
  constructor(code: LibusbError, doing: string, options?: ErrorOptions) {
    super(payloads[code](doing), options);
    this.code = code;
  }
}

const busFault = (message: string): DeviceError => ({ tag: "bus", val: { kind: "other", message } });

/** Every case of `libusb-error` as the case of busbar:device/errors that says most about it. */
const payloads: Readonly<Record<LibusbError, (doing: string) => DeviceError>> = {
  io: (doing) => busFault(`${doing}: the transfer failed; check cable and hub`),
  "invalid-param": (doing) => ({
    tag: "invalid-argument",
    val: `${doing}: an argument is out of its range.`,
  }),
  access: (doing) => ({
    tag: "access-denied",
    val: `${doing} is not allowed; see the host's audit trail, and grant it in the board file.`,
  }),
  "no-device": (doing) => ({
    tag: "disconnected",
    val: `${doing}: the device is gone; plug it in and open it again.`,
  }),
  "not-found": (doing) => ({
    tag: "protocol",
    val: `${doing}: the device has no such configuration, interface or endpoint; use another driver.`,
  }),
  busy: (doing) => ({ tag: "access-denied", val: `${doing}: it is in use elsewhere; close it there first.` }),
  timeout: (doing) => ({ tag: "timeout", val: `${doing}: the device did not answer in time.` }),
  overflow: (doing) => ({
    tag: "bus",
    val: { kind: "overrun", message: `${doing}: the device sent more than it was asked for` },
  }),
  pipe: (doing) => ({ tag: "protocol", val: `${doing}: the device refused it (stall).` }),
  interrupted: (doing) => ({ tag: "disconnected", val: `${doing} was cancelled; open the device again.` }),
  "no-mem": (doing) => busFault(`${doing}: the host has no memory for it`),
  "not-supported": (doing) => ({ tag: "unsupported", val: `${doing} is not possible on this host.` }),
  other: (doing) => busFault(doing),
};

/**
 * Turns what a call of component:usb threw into a UsbFault.
 *
 * @param error an Error whose `payload` is a `libusb-error`, as both engines make it; a DriverError is returned as it is
 * @param doing what the driver was doing: "claiming interface 0"
 * @throws `error` itself when it is neither: that is a bug, and must not look like a fault of the bus
 */
export function usbFault(error: unknown, doing: string): DriverError {
  if (error instanceof DriverError) return error;
  const payload = (error as { payload?: unknown } | null | undefined)?.payload;
  if (typeof payload !== "string" || !Object.hasOwn(payloads, payload)) throw error;
  return new UsbFault(payload as LibusbError, doing, { cause: error });
}
