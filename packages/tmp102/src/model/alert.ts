/** The comparator of a TMP102 with its fault queue: SBOS397, "Configuration Register", "Fault Queue". */
export class Alert {
  #active = false;
  #faults = 0;

  /** Whether the temperature reached the high limit, and has not fallen below the low one since. */
  get active(): boolean {
    return this.#active;
  }

  /**
   * Takes one result. It changes the state when so many in a row are beyond the limit that applies.
   *
   * @param queue 1, 2, 4 or 6
   */
  compare(value: number, low: number, high: number, queue: number): void {
    const beyond = this.#active ? value < low : value >= high;
    this.#faults = beyond ? this.#faults + 1 : 0;
    if (this.#faults < queue) return;
    this.#active = !this.#active;
    this.#faults = 0;
  }
}
