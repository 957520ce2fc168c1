/** The WIT exports of world `models`: the models of all chips, each target on a bus of its own. */

import { nowMs } from "busbar:model/clock@0.1.0";

/** busbar:model/i2c-targets `operation`. */
type Operation =
  | { readonly tag: "read"; readonly val: number }
  | { readonly tag: "write"; readonly val: Uint8Array };

import type { GpioPart, UartForm, UartPart, WireLevel } from "@busbar/model";
import {
  attachModel,
  attachSpiModel,
  explainWrongParameter,
  findModel,
  makePart,
  SimulatedI2cBus,
  SimulatedSpiBus,
} from "@busbar/sim/models";
import { gpioModels, i2cModels, spiModels, uartModels } from "../generated/models.ts";

/** Whoever asks knows the address: here it is always this one. */
const ADDRESS = 0x08;

/** busbar:model/i2c-targets `target`. */
class I2cTarget {
  readonly #bus: SimulatedI2cBus;

  constructor(bus: SimulatedI2cBus) {
    this.#bus = bus;
  }

  transaction(operations: readonly Operation[]): Uint8Array[] {
    try {
      return this.#bus.transaction(
        ADDRESS,
        operations.map(({ tag, val }) =>
          tag === "read" ? { kind: tag, length: val } : { kind: tag, data: val },
        ),
      );
    } catch (error) {
      // The engines want the WIT value itself.
      throw error instanceof Error && "payload" in error ? error.payload : error;
    }
  }

  picture(): string | undefined {
    return this.#bus.render(ADDRESS);
  }
}

/** busbar:model/i2c-targets. */
export const i2cTargets = {
  Target: I2cTarget,

  models: (): string[] => [...i2cModels.keys()],

  create(model: string, parameters: string): I2cTarget {
    const bus = new SimulatedI2cBus();
    explained(() =>
      attachModel(bus, ADDRESS, findModel(model, "i2c", i2cModels, new Map()), JSON.parse(parameters), {
        now: nowMs,
      }),
    );
    return new I2cTarget(bus);
  },
};

/** busbar:model/spi-targets `operation`. */
type SpiOperation =
  | { readonly tag: "read" | "delay-ns"; readonly val: number }
  | { readonly tag: "write" | "transfer"; readonly val: Uint8Array };

/** busbar:model/spi-targets `clocking`. */
interface Clocking {
  readonly mode: number;
  readonly hz: number;
  readonly lsbFirst: boolean;
}

/** Whoever asks knows the line: here it is always this one. */
const CHIP_SELECT = 0;

/** busbar:model/spi-targets `target`. */
class SpiTarget {
  readonly #bus: SimulatedSpiBus;

  constructor(bus: SimulatedSpiBus) {
    this.#bus = bus;
  }

  transaction({ mode, hz, lsbFirst }: Clocking, operations: readonly SpiOperation[]): Uint8Array[] {
    const bitOrder = lsbFirst ? "lsb-first" : "msb-first";
    try {
      return this.#bus.transaction(
        { chipSelect: CHIP_SELECT, mode, maximumHz: hz, bitOrder },
        operations.map((operation) => {
          switch (operation.tag) {
            case "read":
              return { kind: "read", length: operation.val };
            case "delay-ns":
              return { kind: "delay", ns: operation.val };
            default:
              return { kind: operation.tag, data: operation.val };
          }
        }),
      );
    } catch (error) {
      if (!(error instanceof Error && "payload" in error)) throw error;
      // The engines want the WIT value itself.
      throw { code: (error.payload as { tag: string }).tag, message: error.message };
    }
  }

  picture(): string | undefined {
    return this.#bus.render(CHIP_SELECT);
  }
}

/** busbar:model/spi-targets. */
export const spiTargets = {
  Target: SpiTarget,

  models: (): string[] => [...spiModels.keys()],

  create(model: string, parameters: string): SpiTarget {
    const bus = new SimulatedSpiBus();
    explained(() =>
      attachSpiModel(
        bus,
        CHIP_SELECT,
        findModel(model, "spi", spiModels, new Map()),
        JSON.parse(parameters),
        {
          now: nowMs,
        },
      ),
    );
    return new SpiTarget(bus);
  },
};

/** busbar:model/gpio-parts `part`. */
class Part {
  readonly #part: GpioPart;

  constructor(part: GpioPart) {
    this.#part = part;
  }

  level(line: string, atMs: number): WireLevel | undefined {
    return this.#part.level(line, atMs);
  }

  nextChange(line: string, atMs: number): number | undefined {
    return this.#part.nextChange(line, atMs);
  }

  driven(line: string, level: WireLevel | undefined, atMs: number): void {
    this.#part.driven?.(line, level, atMs);
  }

  picture(): string | undefined {
    return this.#part.render?.();
  }
}

/** busbar:model/gpio-parts. */
export const gpioParts = {
  Part,

  models: (): string[] => [...gpioModels.keys()],

  create(model: string, lines: readonly string[], parameters: string): Part {
    return explained(() => {
      const found = findModel(model, "gpio", gpioModels, new Map());
      return new Part(makePart(found, lines, JSON.parse(parameters), { now: nowMs }));
    });
  },
};

/** busbar:model/uart-parts `part`. */
class UartEnd {
  readonly #part: UartPart;

  constructor(part: UartPart) {
    this.#part = part;
  }

  form(): UartForm | undefined {
    return this.#part.form;
  }

  nextMs(): number | undefined {
    return this.#part.nextMs;
  }

  send(): Uint8Array {
    return this.#part.send();
  }

  receive(byte: number, atMs: number): void {
    this.#part.receive(byte, atMs);
  }

  picture(): string | undefined {
    return this.#part.render?.();
  }
}

/** busbar:model/uart-parts. */
export const uartParts = {
  Part: UartEnd,

  models: (): string[] => [...uartModels.keys()],

  create(model: string, parameters: string): UartEnd {
    return explained(() => {
      const found = findModel(model, "uart", uartModels, new Map());
      return new UartEnd(found.create(JSON.parse(parameters), { now: nowMs }));
    });
  },
};

/** What is wrong with a parameter is the error of `create`; everything else is a trap. */
function explained<Made>(make: () => Made): Made {
  try {
    return make();
  } catch (error) {
    throw explainWrongParameter(error) ?? error;
  }
}
