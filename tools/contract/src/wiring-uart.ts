/** Drivers on a serial line. */

import { type DriverBus, type UartGiven, uartOn } from "@busbar/guest";
import type { Clock } from "@busbar/host";
import type { UartUse } from "@busbar/host/backend";
import {
  SimulatedUart,
  UART_ERROR_FAULTS,
  type UartFault,
  type UartPart,
  type VirtualClock,
} from "@busbar/sim";
import { nonsenseBytes } from "./nonsense.ts";
import type { Garbled, Nonsense, TestBus, TestFault, TestWiring } from "./wiring.ts";

/** What the world `uart-driver` imports. */
const IMPORTS = [
  "busbar:board/log@0.1.0",
  "busbar:board/settings@0.1.0",
  "busbar:board/time@0.1.0",
  "busbar:board/uart@0.1.0",
];

/** As which fault the caller of a driver sees each. */
const KINDS = {
  framing: "bus",
  parity: "bus",
  break: "bus",
  overrun: "overrun",
  other: "other",
} as const satisfies Record<(typeof UART_ERROR_FAULTS)[number], string>;

/** The faults that cost some bytes: a driver whose part sends by itself goes on with the next ones. */
export const uartLineFaults: readonly string[] = ["framing", "parity", "break", "overrun"];

/** A part and the time on its line. */
export interface UartSpecimen {
  readonly part: UartPart;
  readonly clock: Clock;
}

/** A line with one part. */
export class UartTestBus implements TestBus {
  readonly simulated: SimulatedUart;
  readonly #wire: Wire;

  constructor({ part, clock }: UartSpecimen) {
    this.#wire = new Wire(part);
    this.simulated = new SimulatedUart(this.#wire, clock);
  }

  get transactions(): number {
    return this.simulated.calls;
  }

  get picture(): string | undefined {
    return this.simulated.render();
  }

  inject({ transaction, ...fault }: TestFault): void {
    this.simulated.inject({ ...fault, call: transaction } as UartFault);
  }

  clearFaults(): void {
    this.simulated.clearFaults();
  }

  /** The port stays, and nothing comes. */
  detach(): void {
    this.#wire.isCut = true;
  }
}

/** A driver that is given its port, set to this speed. */
export function onUart(baudRate = 9600): TestWiring<UartSpecimen, UartGiven, UartTestBus> {
  const use = (device: string): UartUse => ({
    ...{ device, baudRate, dataBits: 8, parity: "none", stopBits: 1, flowControl: "none" },
  });
  return {
    imports: IMPORTS,
    errors: new Map(UART_ERROR_FAULTS.map((fault) => [fault, KINDS[fault]])),
    goneFault: "other",
    // Nobody acknowledges anything: only what comes can tell.
    absent: ["timeout", "protocol", "wrong-device"],
    bus: (specimen) => new UartTestBus(specimen),
    // No part on a serial line has lines beside it.
    withPins: (specimen) => specimen,
    garbled: ({ part, clock }) => new GarbledPart(part, clock),
    guest: (buses, clock): DriverBus<UartGiven> =>
      uartOn({
        open: (name) => handleOn(buses[name]!.simulated, use(name), clock),
        time: { nowMs: () => clock.now(), waitMs: (ms) => clock.advance(ms) },
      }),
    entry: (device) => ({ uart: { port: device, baudRate } }),
    backends: (buses) => ({
      uart: [
        {
          name: "contract",
          openUart: (port, wanted) => buses[port]?.simulated.open(wanted),
          hasUart: (port) => buses[port]?.simulated.isThere ?? false,
          watchUart: (port, listener) => buses[port]!.simulated.watch(listener),
        },
      ],
    }),
  };
}

/** A part behind a wire that can be cut. */
class Wire implements UartPart {
  readonly #part: UartPart;
  readonly render?: () => string;
  isCut = false;

  constructor(part: UartPart) {
    this.#part = part;
    if (part.render !== undefined) this.render = () => part.render!();
  }

  get form() {
    return this.#part.form;
  }

  get nextMs(): number | undefined {
    return this.isCut ? undefined : this.#part.nextMs;
  }

  send(): Uint8Array {
    return this.#part.send();
  }

  receive(byte: number, atMs: number): void {
    if (!this.isCut) this.#part.receive(byte, atMs);
  }
}

/** Hears everything as the part does; what it sends can be made nonsense. */
class GarbledPart implements Garbled<UartSpecimen> {
  readonly target: UartSpecimen;
  #next: (() => number) | undefined;

  constructor(part: UartPart, clock: Clock) {
    const garble = (bytes: Uint8Array) => bytes.map((byte) => this.#next?.() ?? byte);
    this.target = {
      clock,
      part: {
        get form() {
          return part.form;
        },
        get nextMs() {
          return part.nextMs;
        },
        send: () => garble(part.send()),
        receive: (byte, atMs) => part.receive(byte, atMs),
      },
    };
  }

  garble(nonsense: Nonsense): void {
    this.#next = nonsenseBytes(nonsense);
  }

  mend(): void {
    this.#next = undefined;
  }
}

/** A handle of busbar:board/uart on a simulated port, which answers at once: it lets the time pass itself. */
function handleOn(
  uart: SimulatedUart,
  use: UartUse,
  clock: VirtualClock,
): ReturnType<Parameters<typeof uartOn>[0]["open"]> {
  const opened = uart.open(use)!;
  let { baudRate } = use;
  const until = (atMs: number) => clock.advance(Math.max(atMs - clock.now(), 0));
  return {
    getLineSettings: () => ({ ...use, baudRate }),
    read(maximum, timeoutMs) {
      const struck = uart.begin();
      const endMs = clock.now() + timeoutMs;
      for (;;) {
        const bytes = uart.take(maximum, struck);
        if (bytes.length > 0 || clock.now() >= endMs) return bytes;
        until(Math.min(uart.nextMs ?? endMs, endMs));
      }
    },
    write: (data) => uart.send(data, uart.begin()),
    drain() {
      uart.begin();
      until(uart.sentMs);
    },
    discard() {
      uart.begin();
      uart.discard();
    },
    setBaudRate(wanted) {
      uart.begin();
      until(uart.sentMs);
      uart.setBaudRate(wanted);
      baudRate = wanted;
    },
    [Symbol.dispose]: () => opened.close(),
  };
}
