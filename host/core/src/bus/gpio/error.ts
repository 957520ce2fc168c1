/** A case of wasi:gpio's `gpio-error`, written as the WIT value that a guest receives. */
export type GpioErrorCode =
  | {
      readonly tag:
        | "hardware-fault"
        | "already-in-use"
        | "pin-not-allowed"
        | "pin-mode-not-allowed"
        | "undefined-pin-label"
        | "pin-mode-not-available"
        | "would-block"
        | "operation-not-supported";
    }
  | { readonly tag: "other"; readonly val: string };

/** A GPIO call that failed. `payload` is exactly the WIT value that the guest sees; the message is for the trace and for people. */
export class GpioError extends Error {
  override readonly name = "GpioError";
  /** The WIT value: a case of wasi:gpio/general `gpio-error`. */
  readonly payload: GpioErrorCode;

  constructor(payload: GpioErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.payload = payload;
  }
}
