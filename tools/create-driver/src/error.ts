/** What the person who starts a driver can mend; the message is one sentence that says how. */
export class CreateError extends Error {
  override readonly name = "CreateError";
}
