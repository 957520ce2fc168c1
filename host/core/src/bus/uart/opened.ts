import type { BusOpened } from "../opened.ts";
import type { UartPort } from "./backend.ts";
import type { UartGrant } from "./grant.ts";
import type { UartCounts } from "./use.ts";

/** The port of one life of a driver, with what it may do there. */
export class OpenedUart implements BusOpened {
  readonly port: UartPort;
  readonly grant: UartGrant;
  readonly counts: UartCounts;
  /** The speed that is set, in bits per second. */
  baudRate: number;
  readonly #left: ((opened: OpenedUart) => void) | undefined;
  #lost: string | undefined;
  #ended: Promise<void> | undefined;

  /** @param left called once when the port is gone */
  constructor(port: UartPort, grant: UartGrant, counts: UartCounts, left?: (opened: OpenedUart) => void) {
    this.port = port;
    this.grant = grant;
    this.counts = counts;
    this.baudRate = grant.baudRate;
    this.#left = left;
  }

  get lost(): string | undefined {
    return this.#lost;
  }

  /** The port is gone. Without effect where that is known, or nobody has it any more. */
  leave(): void {
    if (this.#lost !== undefined || this.#ended !== undefined) return;
    this.#lost = `the serial port ${JSON.stringify(this.grant.port)} was unplugged`;
    this.#left?.(this);
  }

  end(): Promise<void> {
    this.#ended ??= Promise.resolve(this.port.close());
    return this.#ended;
  }
}
