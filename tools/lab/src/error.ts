/**
 * The lab cannot do what was asked: something is missing on this machine, or the virtual machine failed. The message is
 * a sentence that says what to do; `console` is what the virtual machine's kernel and its start-up said.
 */
export class LabError extends Error {
  override readonly name = "LabError";
  /** The console's log; empty where no machine was started. */
  readonly console: string;

  constructor(message: string, options?: ErrorOptions & { readonly console?: string }) {
    super(message, options);
    this.console = options?.console ?? "";
  }
}
