/** A case of busbar:board/uart's `error`, written as the WIT value that a guest receives. */
export type UartErrorCode =
  | { readonly tag: "framing" | "parity" | "break" | "overrun" }
  | { readonly tag: "denied" | "disconnected" | "other"; readonly val: string };

/** A failed call on a serial port. `payload` is exactly the WIT value that the guest sees; the message is for the trace and for people. */
export class UartError extends Error {
  override readonly name = "UartError";
  /** The WIT value: a case of busbar:board/uart `error`. */
  readonly payload: UartErrorCode;

  constructor(tag: UartErrorCode["tag"], message: string, options?: ErrorOptions) {
    super(message, options);
    switch (tag) {
      case "denied":
      case "disconnected":
      case "other":
        this.payload = { tag, val: message };
        break;
      default:
        this.payload = { tag };
    }
  }
}
