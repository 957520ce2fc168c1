import { LinkError } from "@busbar/host/component";

/**
 * More things are refused: each is an object here, and each instance of a module counts. The largest engine has 200,000.
 */
const mostThings = 2_000_000;

/** How much of a component is still taken: a small file can have very many functions, elements and instructions. */
export class Budget {
  #left = mostThings;

  /** Counts `things` more. @throws LinkError */
  spend(things: number): void {
    this.#left -= things;
    if (this.#left < 0)
      throw new LinkError(
        `its core modules have together more than ${mostThings} functions, elements and instructions that name something`,
      );
  }
}
