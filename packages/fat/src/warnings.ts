/** Different sentences of one volume; a medium that is the cause of more is not worth the memory. */
const MOST = 50;

/** What is odd about a volume and was got along with: sentences, each said once. */
export class Warnings {
  readonly #said = new Set<string>();
  readonly #tell: (message: string) => void;

  /** @param tell is given each sentence when it comes up */
  constructor(tell: (message: string) => void = () => {}) {
    this.#tell = tell;
  }

  /** All that was said, in its order. */
  get all(): readonly string[] {
    return [...this.#said];
  }

  /** @param message a sentence */
  add(message: string): void {
    if (this.#said.has(message) || this.#said.size >= MOST) return;
    this.#said.add(message);
    this.#tell(message);
  }
}
