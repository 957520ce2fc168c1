/** What kind of thing is wrong, for a program; the command line turns it into an exit code. */
export type HostErrorCode =
  /** The board file is missing, malformed, or contradicts itself. */
  | "board"
  /** A driver or component cannot be found, is no component, or has the wrong world. */
  | "component"
  /** A component imports something that the board does not grant. */
  | "not-granted"
  /** The operating system lacks something or refuses it: no such bus, no permission, a missing module. */
  | "backend";

/**
 * Something that a person has to change before it can work. The message is one sentence that names the thing and
 * says what to do.
 */
export class HostError extends Error {
  override readonly name: string = "HostError";
  readonly code: HostErrorCode;

  constructor(code: HostErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** A backend cannot be used here: the message says why, and the line that mends it where there is one. */
export class BackendError extends HostError {
  override readonly name = "BackendError";

  constructor(message: string, options?: ErrorOptions) {
    super("backend", message, options);
  }
}
