/** component:usb/errors `libusb-error`. */
export type LibusbErrorCode =
  | "io"
  | "invalid-param"
  | "access"
  | "no-device"
  | "not-found"
  | "busy"
  | "timeout"
  | "overflow"
  | "pipe"
  | "interrupted"
  | "no-mem"
  | "not-supported"
  | "other";

/** A USB call that failed. `payload` is exactly the WIT value that the guest sees; the message is for people. */
export class UsbError extends Error {
  override readonly name = "UsbError";
  /** The WIT value: a case of component:usb/errors `libusb-error`. */
  readonly payload: LibusbErrorCode;

  constructor(payload: LibusbErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.payload = payload;
  }
}
