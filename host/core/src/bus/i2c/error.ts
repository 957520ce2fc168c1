/** A case of wasi:i2c's `error-code`, written as the WIT value that a guest receives. */
export type I2cErrorCode =
  | { readonly tag: "bus" }
  | { readonly tag: "arbitration-loss" }
  | { readonly tag: "no-acknowledge"; readonly val: "address" | "data" | "unknown" }
  | { readonly tag: "overrun" }
  | { readonly tag: "other" };

/**
 * A failed I2C transaction. `payload` is exactly the WIT value that the guest sees; the message is for the trace and
 * for people.
 */
export class I2cError extends Error {
  override readonly name = "I2cError";
  /** The WIT value: a case of wasi:i2c/i2c `error-code`. */
  readonly payload: I2cErrorCode;

  constructor(payload: I2cErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.payload = payload;
  }
}
