/** What the parsers and encoders of this package throw. */

/**
 * - `line-coding`: not seven bytes, or a field with a value that the specification does not have.
 * - `notification`: one that is longer than any, or whose data is not as long as its kind asks for.
 * - `invalid-value`: something to be sent that the request has no room for.
 */
export type CdcErrorCode = "line-coding" | "notification" | "invalid-value";

/** Bytes from the device that cannot be used, or a value that cannot be sent. The message is one sentence. */
export class CdcError extends Error {
  override readonly name = "CdcError";
  /** Which rule is broken. */
  readonly code: CdcErrorCode;

  constructor(code: CdcErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
