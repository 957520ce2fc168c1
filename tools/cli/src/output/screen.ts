/** The only place that writes to stdout and stderr: what goes through here cannot drive a terminal, and never waits. */

import { styleText } from "node:util";
import { printable } from "@busbar/host";

/** A name of a style, or several. */
export type Style = Parameters<typeof styleText>[0];

/** What nobody reads is kept up to here, in bytes; what comes then is dropped and counted. */
const mostUnread = 1 << 20;

/** All that `styleText` makes here: bold, dim, red, green, cyan, and their ends. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
const ownStyle = /(\u001b\[(?:1|2|22|31|32|36|39)m)/;

/** A stream of Node's own, as far as it is used here. */
export type ScreenStream = Pick<
  NodeJS.WriteStream,
  "write" | "on" | "once" | "off" | "isTTY" | "columns" | "rows" | "writableLength" | "writableNeedDrain"
>;

/**
 * stdout or stderr. Neither blocks the process, nor takes its memory, nor ends it: a reader that does not read, a terminal
 * that was stopped (Ctrl-S) and a full disk lose lines, which are counted.
 */
export class Screen {
  readonly #stream: ScreenStream;
  readonly #styled: boolean;
  #lost = 0;
  #failed = false;
  #draining: Promise<void> | undefined;
  /** Called once there is room again, with how many lines nobody read. */
  onLost: (lines: number) => void = () => undefined;
  /** Called once, when something could not be written, with the system's reason: "ENOSPC". Lines are lost from then on. */
  onFailed: (reason: string) => void = () => undefined;
  /** Called when the reader went away: a pipe that was closed, a terminal that is gone. */
  onGone: () => void = () => undefined;

  constructor(stream: ScreenStream) {
    this.#stream = stream;
    this.#styled = this.style("red", "x") !== "x";
    // Node writes to a terminal as one waits for a disk: one that was stopped would hold up every device and every signal.
    const { _handle: handle } = stream as { _handle?: { setBlocking?(blocking: boolean): void } };
    if (stream.isTTY) handle?.setBlocking?.(false);
    stream.on("error", (error: NodeJS.ErrnoException) => {
      const isGone = error.code === "EPIPE" || error.code === "EIO" || error.code === "ERR_STREAM_DESTROYED";
      if (isGone) this.onGone();
      else if (!this.#failed) {
        this.#failed = true;
        this.onFailed(error.code ?? error.message);
      }
    });
  }

  /** Whether a person looks at it, and frames can be redrawn. */
  get isTerminal(): boolean {
    return this.#stream.isTTY === true;
  }

  /** Size of the terminal. */
  get size(): { readonly columns: number; readonly rows: number } {
    return { columns: this.#stream.columns, rows: this.#stream.rows };
  }

  /** Tells of a change of {@link size}; disposing the result ends that. */
  onResize(listener: () => void): Disposable {
    this.#stream.on("resize", listener);
    return { [Symbol.dispose]: () => void this.#stream.off("resize", listener) };
  }

  /** The stream itself, for the library that draws frames. */
  get stream(): NodeJS.WriteStream {
    return this.#stream as NodeJS.WriteStream;
  }

  /** A text in a style; plain where it is no terminal, or NO_COLOR is set. */
  style(format: Style, text: string): string {
    return styleText(format, text, { stream: this.stream });
  }

  /**
   * One line. Everything in it that could drive a terminal is shown by its number instead, whoever forgot that: a newline
   * too, but not the styles of this program.
   */
  line(text: string): void {
    this.write(`${this.safe(text)}\n`);
  }

  /** What {@link line} makes of a text. */
  safe(text: string): string {
    if (!this.#styled) return printable(text, Number.POSITIVE_INFINITY);
    return text
      .split(ownStyle)
      .map((part, index) => (index % 2 === 1 ? part : printable(part, Number.POSITIVE_INFINITY)))
      .join("");
  }

  /** Lines or bytes that are known to be safe, or that are a program's own. */
  write(data: string | Uint8Array): void {
    if (this.#stream.writableLength > mostUnread) {
      if (this.#lost === 0) this.#stream.once("drain", () => this.#tellLost());
      this.#lost += 1;
      return;
    }
    this.#stream.write(data);
  }

  /** Undoes what drawing frames does to a terminal, for an end without time (DECTCEM). */
  showCursor(): void {
    if (this.isTerminal) this.#stream.write("\u001b[?25h");
  }

  /** Settles when what was written is on its way; undefined where it is already. Whoever prints much waits for it. */
  get drained(): Promise<void> | undefined {
    if (!this.#stream.writableNeedDrain) return undefined;
    this.#draining ??= new Promise((resolve) => {
      this.#stream.once("drain", () => {
        this.#draining = undefined;
        resolve();
      });
    });
    return this.#draining;
  }

  #tellLost(): void {
    const lines = this.#lost;
    this.#lost = 0;
    this.onLost(lines);
  }
}

/** Where results go. */
export const stdout = new Screen(process.stdout);

/** Where everything about them goes. */
export const stderr = new Screen(process.stderr);

/** A style for stdout. */
export function style(format: Style, text: string): string {
  return stdout.style(format, text);
}
