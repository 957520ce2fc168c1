/** Drivers on SPI. */

import {
  type DriverBus,
  fromU64,
  registersOn,
  type SpiGiven,
  type SpiRegistersGiven,
  spiOn,
} from "@busbar/guest";
import type { SpiOperation } from "@busbar/host/spi";
import {
  type GpioPart,
  SimulatedSpiBus,
  SPI_ERROR_FAULTS,
  type SpiFault,
  type SpiTarget,
  spiWithPins,
  type VirtualClock,
} from "@busbar/sim";
import { nonsenseBytes } from "./nonsense.ts";
import type { Garbled, Nonsense, TestBus, TestFault, TestWiring } from "./wiring.ts";

/** What the world `spi-driver` imports. */
const IMPORTS = [
  "busbar:board/log@0.1.0",
  "busbar:board/settings@0.1.0",
  "busbar:board/time@0.1.0",
  "wasi:spi/spi",
];

const CHIP_SELECT = 0;

/** How the chip is clocked: the defaults of a board's entry. */
const CLOCKING = { chipSelect: CHIP_SELECT, mode: 0, maximumHz: 1_000_000, bitOrder: "msb-first" } as const;

/** As which fault the caller of a driver sees each. */
const KINDS = {
  "chip-select-fault": "bus",
  overrun: "overrun",
  "mode-fault": "arbitration-loss",
  "frame-format": "bus",
  other: "other",
} as const satisfies Record<(typeof SPI_ERROR_FAULTS)[number], string>;

/** Nobody drives the line. */
const nobody: SpiTarget = { select: () => {}, transfer: () => 0xff, release: () => {} };

/** A bus with one chip. */
export class SpiTestBus implements TestBus {
  readonly simulated: SimulatedSpiBus;

  constructor(chip: SpiTarget) {
    this.simulated = new SimulatedSpiBus([[CHIP_SELECT, chip]]);
  }

  get transactions(): number {
    return this.simulated.transactions;
  }

  get picture(): string | undefined {
    return this.simulated.render(CHIP_SELECT);
  }

  inject(fault: TestFault): void {
    this.simulated.inject(fault as SpiFault);
  }

  clearFaults(): void {
    this.simulated.clearFaults();
  }

  /** The device file stays, as on Linux. */
  detach(): void {
    this.simulated.detach(CHIP_SELECT);
    this.simulated.attach(CHIP_SELECT, nobody);
  }
}

/** A driver that is given its SPI device. */
export function onSpi(): TestWiring<SpiTarget, SpiGiven, SpiTestBus> {
  return wiringOf(spiBusOf);
}

/** A driver that is given the registers of its part, on SPI. */
export function registersOnSpi(): TestWiring<SpiTarget, SpiRegistersGiven, SpiTestBus> {
  return wiringOf((buses, clock) => registersOn(spiBusOf(buses, clock)));
}

function wiringOf<Given extends unknown[]>(
  guest: (buses: Readonly<Record<string, SpiTestBus>>, clock: VirtualClock) => DriverBus<Given>,
): TestWiring<SpiTarget, Given, SpiTestBus> {
  return {
    imports: IMPORTS,
    errors: new Map(SPI_ERROR_FAULTS.map((fault) => [fault, KINDS[fault]])),
    goneFault: "other",
    // Nobody acknowledges anything: only what is read can tell.
    absent: ["wrong-device", "protocol", "timeout"],
    bus: (chip) => new SpiTestBus(chip),
    withPins: spiWithPins,
    garbled: (chip) => new GarbledSpi(chip),
    guest,
    entry: (device) => ({ spi: { bus: device, chipSelect: CHIP_SELECT } }),
    backends: (buses) => ({
      spi: [
        {
          name: "contract",
          openSpi: (bus, wiring) =>
            typeof bus === "string" ? buses[bus]?.simulated.open(wiring) : undefined,
        },
      ],
    }),
  };
}

function spiBusOf(buses: Readonly<Record<string, SpiTestBus>>, clock: VirtualClock): DriverBus<SpiGiven> {
  return spiOn({
    open: (name) => handleOn(buses[name]!.simulated),
    time: { nowMs: () => clock.now(), waitMs: (ms) => clock.advance(ms) },
  });
}

/** Takes everything as the chip does; what is read of it can be made nonsense. */
class GarbledSpi implements SpiTarget, Garbled<SpiTarget> {
  readonly target = this;
  readonly pins?: GpioPart;
  readonly #chip: SpiTarget;
  #next: (() => number) | undefined;

  constructor(chip: SpiTarget) {
    this.#chip = chip;
    if (chip.pins !== undefined) this.pins = chip.pins;
  }

  garble(nonsense: Nonsense): void {
    this.#next = nonsenseBytes(nonsense);
  }

  mend(): void {
    this.#next = undefined;
  }

  select(...clocking: Parameters<SpiTarget["select"]>): void {
    this.#chip.select(...clocking);
  }

  transfer(received: number): number {
    const byte = this.#chip.transfer(received);
    return this.#next?.() ?? byte;
  }

  delay(ns: number): void {
    this.#chip.delay?.(ns);
  }

  release(): void {
    this.#chip.release();
  }
}

/** A wasi:spi handle on a simulated bus. Drivers use nothing of it but `transaction`. */
function handleOn(bus: SimulatedSpiBus): ReturnType<Parameters<typeof spiOn>[0]["open"]> {
  const unused = (): never => {
    throw new Error("a driver of @busbar/guest uses transactions only");
  };
  return {
    read: unused,
    write: unused,
    transfer: unused,
    transaction: (operations) => {
      const answers = bus.transaction(
        CLOCKING,
        operations.map(({ tag, val }): SpiOperation => {
          if (tag === "read") return { kind: "read", length: fromU64(val) };
          return tag === "delay-ns" ? { kind: "delay", ns: val } : { kind: tag, data: val };
        }),
      );
      return operations.map(({ tag }) => {
        if (tag === "read" || tag === "transfer") return { tag, val: answers.shift()! };
        return { tag: tag === "write" ? "write" : "delay" };
      });
    },
    [Symbol.dispose]: () => {},
  };
}
