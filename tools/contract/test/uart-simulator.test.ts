import { SimulatedUart, type UartPart, VirtualClock } from "@busbar/sim";
import { uartBackendContract } from "../src/uart-backend.ts";

/** Sends what a test gives it, and keeps what it is sent. */
class Far implements UartPart {
  readonly form = undefined;
  readonly #clock: VirtualClock;
  readonly toSend: { readonly bytes: Uint8Array; readonly atMs: number }[] = [];
  received: number[] = [];

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  get nextMs(): number | undefined {
    return this.toSend[0]?.atMs;
  }

  send(): Uint8Array {
    return this.toSend.shift()!.bytes;
  }

  receive(byte: number): void {
    this.received.push(byte);
  }

  later(bytes: Uint8Array): void {
    this.toSend.push({ bytes, atMs: this.#clock.now() });
  }
}

uartBackendContract({
  name: "simulator",
  setUp() {
    const clock = new VirtualClock();
    const far = new Far(clock);
    const uart = new SimulatedUart(far, clock);
    const its = <Result>(port: string, result: Result) => (port === "sim" ? result : undefined);
    return {
      port: "sim",
      backend: {
        name: "simulator",
        openUart: (port, use) => its(port, uart)?.open(use),
        hasUart: (port) => its(port, uart)?.isThere ?? false,
        watchUart: (_, listener) => uart.watch(listener),
      },
      send(bytes) {
        // Somebody may wait already: a part that is told by no byte is told of by the port.
        far.later(bytes);
        uart.wake();
      },
      received() {
        uart.wake();
        const { received } = far;
        far.received = [];
        return Uint8Array.from(received);
      },
      pass: () => clock.sleep(100),
      unplug: () => uart.unplug(),
      tearDown: () => undefined,
    };
  },
});
