/**
 * The IIR filter of one channel, BST-BME280-DS002 section 3.4.4: the first value after a reset passes and fills the
 * memory; a skipped measurement leaves the memory alone.
 */
export class IirFilter {
  #memory: number | undefined;

  /**
   * @param coefficient 1 (off), 2, 4, 8 or 16
   * @returns the filtered value, a whole number
   */
  next(value: number, coefficient: number): number {
    const memory = this.#memory ?? value;
    this.#memory = (memory * (coefficient - 1) + value) / coefficient;
    return Math.round(this.#memory);
  }

  reset(): void {
    this.#memory = undefined;
  }
}
