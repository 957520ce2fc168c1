import { Waiters } from "../../waiters.ts";
import type { BusLife, Wiring } from "../running.ts";
import type { UartBackend } from "./backend.ts";
import type { UartGrant } from "./grant.ts";
import { describeAbsence, openUart } from "./open.ts";
import { OpenedUart } from "./opened.ts";
import type { UartCounts } from "./use.ts";

/** The port of one entry: it can be an adapter on USB, which comes and goes. */
export class UartWiring implements Wiring<OpenedUart, UartCounts> {
  readonly #device: string;
  readonly #grant: UartGrant;
  readonly #backends: readonly UartBackend[];
  readonly #listeners = new Set<(event: "arrived" | "left") => void>();
  readonly #arrival = new Waiters();
  /** So that none is missed between opening and waiting. */
  #arrivals = 0;
  #watches: Disposable[] | undefined;
  #opened: OpenedUart | undefined;
  #isRemoved = false;

  constructor(device: string, grant: UartGrant, backends: readonly UartBackend[]) {
    this.#device = device;
    this.#grant = grant;
    this.#backends = backends;
  }

  /** Opens the port; where it is not there, waits for it. */
  async open({ counts, signal, waiting }: BusLife<UartCounts>): Promise<OpenedUart> {
    await this.#startWatch();
    for (let isTold = false; ; isTold = true) {
      signal.throwIfAborted();
      const arrivals = this.#arrivals;
      const port = await openUart(this.#device, this.#grant, this.#backends);
      if (port !== undefined) {
        const opened = new OpenedUart(port, this.#grant, counts, (left) => void this.#leave(left));
        // Nobody needs it any more.
        if (signal.aborted) await opened.end();
        signal.throwIfAborted();
        this.#opened = opened;
        return opened;
      }
      if (!isTold) waiting(this.#absence);
      if (this.#arrivals === arrivals) await this.#arrival.wait(signal);
    }
  }

  async missing(): Promise<string | undefined> {
    return (await this.#isThere()) ? undefined : this.#absence;
  }

  watch(listener: (event: "arrived" | "left") => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  remove(): void {
    this.#isRemoved = true;
    for (const watch of this.#watches?.splice(0) ?? []) watch[Symbol.dispose]();
  }

  get #absence(): string {
    return describeAbsence(this.#grant, this.#backends);
  }

  async #isThere(): Promise<boolean> {
    for (const backend of this.#backends) if (await backend.hasUart(this.#grant.port)) return true;
    return false;
  }

  /** Nothing of the machine is looked at before the port is asked for; and no backend behind the one that has it. */
  async #startWatch(): Promise<void> {
    if (this.#watches !== undefined) return;
    this.#watches = [];
    const { port } = this.#grant;
    for (const backend of this.#backends) {
      if (this.#isRemoved) return;
      const watch = backend.watchUart(port, (event) => {
        if (event === "arrived") this.#arrive();
        else this.#opened?.leave();
      });
      this.#watches.push(watch);
      if (await backend.hasUart(port)) return;
    }
  }

  #arrive(): void {
    this.#arrivals += 1;
    this.#arrival.wake();
    this.#tell("arrived");
  }

  async #leave(opened: OpenedUart): Promise<void> {
    if (opened !== this.#opened) return;
    this.#tell("left");
    // A port that hung up and stays where it is can be opened anew.
    if (!this.#isRemoved && (await this.#isThere())) this.#arrive();
  }

  #tell(event: "arrived" | "left"): void {
    for (const listener of this.#listeners) listener(event);
  }
}
