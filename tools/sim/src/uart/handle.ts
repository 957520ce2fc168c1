import type { Clock } from "@busbar/host";
import { UartError, type UartPort } from "@busbar/host/backend";
import type { SimulatedUart } from "./port.ts";

/** What Linux takes of a write before the writer has to wait (UART_XMIT_SIZE). */
const sendBufferBytes = 4096;

/** A simulated port as one user has it. */
export class SimulatedUartHandle implements UartPort {
  readonly #uart: SimulatedUart;
  readonly #clock: Clock;
  /** Ends all that is under way. */
  readonly #end = new AbortController();
  #why: UartError | undefined;
  /** Wakes a read: what comes next may be another thing now. */
  #changed = new AbortController();

  constructor(uart: SimulatedUart, clock: Clock) {
    this.#uart = uart;
    this.#clock = clock;
  }

  async read(maximum: number, timeoutMs: number, signal: AbortSignal): Promise<Uint8Array> {
    this.#require();
    const struck = this.#uart.begin();
    const endMs = this.#clock.now() + timeoutMs;
    for (;;) {
      const bytes = this.#uart.take(maximum, struck);
      const nowMs = this.#clock.now();
      if (bytes.length > 0 || nowMs >= endMs || signal.aborted) return bytes;
      await this.#sleepUntil(Math.min(this.#uart.nextMs ?? endMs, endMs), signal, this.#changed.signal);
    }
  }

  async write(data: Uint8Array): Promise<void> {
    this.#require();
    this.#uart.send(data, this.#uart.begin());
    this.wake();
    while (this.#uart.unsent > sendBufferBytes) await this.#sleepUntil(this.#clock.now() + 1);
  }

  async drain(): Promise<void> {
    this.#require();
    this.#uart.begin();
    await this.#sleepUntil(this.#uart.sentMs);
  }

  discard(): void {
    this.#require();
    this.#uart.begin();
    this.#uart.discard();
  }

  async setBaudRate(baudRate: number): Promise<void> {
    this.#require();
    this.#uart.begin();
    await this.#sleepUntil(this.#uart.sentMs);
    this.#uart.setBaudRate(baudRate);
  }

  close(): void {
    this.#over(new UartError("other", "the port is closed"));
    this.#uart.close(this);
  }

  /** Something else may come next: a read that waits looks again. */
  wake(): void {
    this.#changed.abort();
    this.#changed = new AbortController();
  }

  /** The port was pulled out. */
  leave(): void {
    this.#over(new UartError("disconnected", "the simulated port was unplugged"));
  }

  #over(why: UartError): void {
    this.#why ??= why;
    this.#end.abort();
  }

  #require(): void {
    if (this.#why !== undefined) throw this.#why;
  }

  /** @throws UartError where the port was closed or pulled out meanwhile */
  async #sleepUntil(atMs: number, ...signals: readonly AbortSignal[]): Promise<void> {
    this.#require();
    const leftMs = atMs - this.#clock.now();
    if (leftMs > 0) {
      const over = AbortSignal.any([this.#end.signal, ...signals]);
      await this.#clock.sleep(leftMs, over).catch(() => undefined);
    }
    this.#require();
  }
}
