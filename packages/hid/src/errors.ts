/** What the parsers and builders of this package throw. */

/**
 * - `truncated-item`: the descriptor ends in the middle of a long item.
 * - `unbalanced-collection`: an end without a beginning, or too many collections inside each other.
 * - `unbalanced-stack`: Pop without Push, or too many Push.
 * - `report-id`: a report id outside 1 to 255, or a report with an id that the descriptor does not have.
 * - `report-length`: a report without a byte, or a number that lies past the end of the bytes.
 * - `descriptor-length`: a descriptor longer than a transfer can be.
 * - `hid-descriptor`: no such HID interface.
 * - `invalid-value`: a value, or a usage, that the report has no room for.
 */
export type HidErrorCode =
  | "truncated-item"
  | "unbalanced-collection"
  | "unbalanced-stack"
  | "report-id"
  | "report-length"
  | "descriptor-length"
  | "hid-descriptor"
  | "invalid-value";

/** A descriptor or report that cannot be used, or a value that cannot be sent. The message is one sentence. */
export class HidError extends Error {
  override readonly name = "HidError";
  /** Which rule is broken. */
  readonly code: HidErrorCode;
  /** Where in the report descriptor, in bytes; `undefined` for anything else than a descriptor. */
  readonly offset: number | undefined;

  constructor(code: HidErrorCode, message: string, offset?: number) {
    super(offset === undefined ? message : `${message} (byte ${offset} of the report descriptor)`);
    this.code = code;
    this.offset = offset;
  }
}
