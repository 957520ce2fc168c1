import type { BusOpened } from "./opened.ts";

/** What a backend opened for one life of a driver, with what may be done there. */
export class OpenedHandle<Handle extends { readonly lost?: string | undefined; close(): void }, Grant, Counts>
  implements BusOpened
{
  readonly handle: Handle;
  readonly grant: Grant;
  readonly counts: Counts;
  /** Whether what is done with it may give promises. */
  readonly answersLater: boolean;
  #isEnded = false;

  /** @param backend that it is of; where left out, one that answers at once */
  constructor(
    handle: Handle,
    grant: Grant,
    counts: Counts,
    backend: { readonly answersLater?: boolean } = {},
  ) {
    this.handle = handle;
    this.grant = grant;
    this.counts = counts;
    this.answersLater = backend.answersLater === true;
  }

  get lost(): string | undefined {
    return this.handle.lost;
  }

  end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.handle.close();
  }
}
