/**
 * Those who wait for something that happens again and again. A wait that ends before it happens leaves nothing behind, as it
 * would on a promise that all of them race: a program that asks every second whether there is input goes on for years.
 */
export class Waiters {
  readonly #all = new Set<PromiseWithResolvers<void>>();

  /** It happened. */
  wake(): void {
    for (const { resolve } of this.#all) resolve();
  }

  /** It failed, of which those hear who wait. */
  fail(reason: unknown): void {
    for (const { reject } of this.#all) reject(reason);
  }

  /**
   * Waits until it happens.
   *
   * @throws the reason of its failure, or of the first signal that aborts
   */
  async wait(...signals: readonly AbortSignal[]): Promise<void> {
    for (const signal of signals) signal.throwIfAborted();
    const waiting = Promise.withResolvers<void>();
    using cleanup = new DisposableStack();
    cleanup.adopt(waiting, () => this.#all.delete(waiting));
    this.#all.add(waiting);
    for (const signal of signals) {
      const abort = () => waiting.reject(signal.reason);
      signal.addEventListener("abort", abort, { once: true });
      cleanup.defer(() => signal.removeEventListener("abort", abort));
    }
    await waiting.promise;
  }
}
