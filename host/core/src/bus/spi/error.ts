/** A case of wasi:spi's `error`, written as the WIT value that a guest receives. */
export type SpiErrorCode =
  | { readonly tag: "overrun" | "mode-fault" | "frame-format" | "chip-select-fault" }
  | { readonly tag: "other"; readonly val: string };

/**
 * A failed SPI transaction. `payload` is exactly the WIT value that the guest sees, in which only `other` has the message; the
 * message is for the trace and for people as well.
 */
export class SpiError extends Error {
  override readonly name = "SpiError";
  /** The WIT value: a case of wasi:spi/spi `error`. */
  readonly payload: SpiErrorCode;

  constructor(tag: SpiErrorCode["tag"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.payload = tag === "other" ? { tag, val: message } : { tag };
  }
}
