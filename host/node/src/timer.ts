/** What setTimeout counts in: a longer time ends after one millisecond. */
const LONGEST_MS = 2 ** 31 - 1;

/** setTimeout for any time: 24.9 days and more, and without end. */
export class Timer implements Disposable {
  readonly #endMs: number;
  readonly #onEnd: () => void;
  #timeout: NodeJS.Timeout;

  /**
   * @param ms milliseconds; Infinity keeps the process alive and never ends
   * @param onEnd called once, unless it is disposed before
   */
  constructor(ms: number, onEnd: () => void) {
    this.#endMs = performance.now() + ms;
    this.#onEnd = onEnd;
    this.#timeout = this.#start(ms);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timeout);
  }

  #start(ms: number): NodeJS.Timeout {
    if (ms <= LONGEST_MS) return setTimeout(this.#onEnd, ms);
    return setTimeout(() => {
      this.#timeout = this.#start(this.#endMs - performance.now());
    }, LONGEST_MS);
  }
}
