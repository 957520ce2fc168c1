import { type LibusbErrorCode, UsbError } from "@busbar/host/backend";

/** `enum libusb_error`, which libusb's functions return and the package throws. */
const LIBUSB_ERRORS: Readonly<Record<number, LibusbErrorCode>> = {
  [-1]: "io",
  [-2]: "invalid-param",
  [-3]: "access",
  [-4]: "no-device",
  [-5]: "not-found",
  [-6]: "busy",
  [-7]: "timeout",
  [-8]: "overflow",
  [-9]: "pipe",
  [-10]: "interrupted",
  [-11]: "no-mem",
  [-12]: "not-supported",
  [-99]: "other",
};

/** `enum libusb_transfer_status`, which a transfer ends with. */
const TRANSFER_STATUSES: Readonly<Record<number, LibusbErrorCode>> = {
  1: "io",
  2: "timeout",
  3: "interrupted",
  4: "pipe",
  5: "no-device",
  6: "overflow",
};

const TEXTS: Readonly<Record<LibusbErrorCode, string>> = {
  io: "the transfer failed on the wire",
  "invalid-param": "libusb does not accept an argument",
  access: "the operating system refuses it",
  "no-device": "the device is gone",
  "not-found": "there is no such thing on the device",
  busy: "somebody else uses it",
  timeout: "the time ended first",
  overflow: "the device sent more than was asked for",
  pipe: "the device stalled it",
  interrupted: "it was cancelled",
  "no-mem": "there is no memory for it",
  "not-supported": "this platform cannot do it",
  other: "libusb gave no reason",
};

/** The libusb code of what the package threw: negative; undefined where it is no error of libusb. */
export function errnoOf(thrown: unknown): number | undefined {
  const errno = (thrown as { errno?: unknown } | null | undefined)?.errno;
  return typeof errno === "number" ? errno : undefined;
}

/** What a function of libusb failed with. @param doing "claiming interface 0" */
export function callError(thrown: unknown, doing: string): UsbError {
  const errno = errnoOf(thrown);
  const code = errno === undefined ? "other" : (LIBUSB_ERRORS[errno] ?? "other");
  const why = errno === undefined ? String((thrown as Error)?.message ?? thrown) : TEXTS[code];
  return new UsbError(code, `${doing}: ${why}`, { cause: thrown });
}

/** What a transfer ended with. */
export function transferError(status: number, doing: string): UsbError {
  const code = TRANSFER_STATUSES[status] ?? "other";
  return new UsbError(code, `${doing}: ${TEXTS[code]}`);
}
