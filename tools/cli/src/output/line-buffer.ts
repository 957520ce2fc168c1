/** A line that is longer is cut, so that an app that never ends its line cannot take all memory. */
const longestLine = 4096;

/** Makes lines of an app's bytes. */
export class LineBuffer {
  readonly #decoder = new TextDecoder();
  readonly #onLine: (line: string) => void;
  #rest = "";

  /** @param onLine told of every line, without its end */
  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  /** Takes more bytes. */
  push(bytes: Uint8Array): void {
    const lines = (this.#rest + this.#decoder.decode(bytes, { stream: true })).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) this.#onLine(line);
    if (this.#rest.length > longestLine) this.end();
  }

  /** What is left is a line too. */
  end(): void {
    if (this.#rest !== "") this.#onLine(this.#rest);
    this.#rest = "";
  }
}
