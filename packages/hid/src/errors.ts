/** What the parsers and builders of this package throw. */

/**
 * - `truncated-item`: the descriptor ends in the middle of an item.
 * - `unbalanced-collection`: an end without a beginning, or too many collections inside each other.
 * - `unbalanced-stack`: Pop without Push, or too many Push.
 * - `delimiter`: a set of alternate usages that is opened twice, closed twice or not closed.
 * - `report-id`: a report id outside 1 to 255, or a report with an id that the descriptor does not have.
 * - `report-length`: a report longer than a transfer can be, or fewer bytes than the report has.
 * - `descriptor-length`: a descriptor longer than a transfer can be.
 * - `hid-descriptor`: a HID descriptor that is cut off or missing.
 * - `invalid-value`: a value, or a usage, that the report has no room for.
 */
export type HidErrorCode =
  | "truncated-item"
  | "unbalanced-collection"
  | "unbalanced-stack"
  | "delimiter"
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
