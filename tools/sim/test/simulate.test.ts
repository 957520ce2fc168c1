import { HostError, type SimulateEntry } from "@busbar/host";
import * as v from "valibot";
import { describe, expect, it } from "vitest";
import {
  defineModel,
  defineSpiModel,
  defineUsbModel,
  Registers,
  RegistersOverSpi,
  simulate,
  simulatedBuses,
  VirtualClock,
  wholeNumber,
} from "../src/index.ts";
import { bytes } from "./support/bytes.ts";
import { TestDevice } from "./support/usb-device.ts";

const clock = new VirtualClock(1000.1);

/** A chip of which only the register 0xD0 says something. */
const chip = defineModel(
  v.strictObject({ id: v.optional(wholeNumber(0, 255), 0x60) }),
  ({ id }) => new Registers({ contents: new Map([[0xd0, id]]) }),
);

const device = defineUsbModel(
  v.strictObject({ serialNumber: v.optional(v.string(), "1") }),
  () => new TestDevice(),
);

const onSpi = defineSpiModel(v.strictObject({ id: v.optional(wholeNumber(0, 255), 0x61) }), ({ id }) => {
  return new RegistersOverSpi(new Registers({ contents: new Map([[0x50, id]]) }));
});

/** What installed packages have. */
const models = new Map<string, unknown>(
  Object.entries({ chip, device, onSpi, both: { ...chip, spi: onSpi } }),
);

const spiEntry = (parameters: Record<string, unknown> = {}): SimulateEntry =>
  ({ spi: "sim", chipSelect: 1, model: "onSpi", ...parameters }) as SimulateEntry;

/** What an SPI device gives for its id. */
function idOf(chipSelect: number, ...entries: SimulateEntry[]): Uint8Array {
  const wiring = { device: "x", chipSelect, mode: 0, maximumHz: 1000, bitOrder: "msb-first" } as const;
  const device = simulate(entries, clock, models).openSpi("sim", wiring)!;
  return device.transaction([{ kind: "transfer", data: Uint8Array.of(0xd0, 0) }])[0]!.subarray(1);
}

const chipEntry = (parameters: Record<string, unknown> = {}): SimulateEntry => ({
  i2c: "sim",
  address: 0x76,
  model: "chip",
  ...parameters,
});

const registers = (parameters: Record<string, unknown> = { registers: {} }): SimulateEntry => ({
  i2c: "sim",
  address: 0x50,
  model: "registers",
  ...parameters,
});

function open(...entries: SimulateEntry[]) {
  return simulate(entries, clock, models).openI2c("sim")!;
}

function read(bus: ReturnType<typeof open>, address: number, register: number, length: number): Uint8Array {
  const [data] = bus.transaction(address, [
    { kind: "write", data: Uint8Array.of(register) },
    { kind: "read", length },
  ]);
  return data!;
}

function refusal(...entries: SimulateEntry[]): string {
  try {
    simulate(entries, clock, models);
  } catch (error) {
    expect(error).toBeInstanceOf(HostError);
    expect((error as HostError).code).toBe("board");
    return (error as HostError).message;
  }
  return "accepted";
}

describe("simulate", () => {
  it("is a backend of the named buses only", () => {
    const backend = simulate([chipEntry(), { ...registers(), i2c: "other" }], clock, models);
    expect(backend.name).toBe("simulator");
    expect(backend.openI2c("sim")).toBeDefined();
    expect(backend.openI2c("other")).toBeDefined();
    expect(backend.openI2c("none")).toBeUndefined();
    expect(backend.openI2c(1)).toBeUndefined();
    expect(simulate([], clock).openI2c("sim")).toBeUndefined();
  });

  it("opens one bus twice: what one handle writes the other reads, and closing one leaves the other", () => {
    const backend = simulate([registers()], clock);
    const first = backend.openI2c("sim")!;
    const second = backend.openI2c("sim")!;
    first.transaction(0x50, [{ kind: "write", data: Uint8Array.of(1, 42) }]);
    first.close();
    expect(() => read(first, 0x50, 1, 1)).toThrow("closed");
    expect(read(second, 0x50, 1, 1)).toEqual(Uint8Array.of(42));
  });

  it("knows a bus by all names that mean it", () => {
    const backend = simulate([{ ...registers(), i2c: "/dev/i2c-1" }], clock);
    for (const bus of [1, "1", "i2c-1"]) expect(backend.openI2c(bus), String(bus)).toBeDefined();
    for (const bus of [2, "i2c-10", "sim"]) expect(backend.openI2c(bus), String(bus)).toBeUndefined();
    const twice = [registers(), { ...registers(), i2c: 1 }, { ...registers(), i2c: "i2c-1" }];
    expect(() => simulate(twice, clock)).toThrow("0x50");
  });

  it("puts several targets on one bus, and the same address on two", () => {
    const buses = simulatedBuses(
      [chipEntry(), registers(), { ...chipEntry(), i2c: "second" }],
      clock,
      models,
    );
    expect([...buses].map(([name, bus]) => [name, bus.addresses])).toEqual([
      ["sim", [0x50, 0x76]],
      ["second", [0x76]],
    ]);
  });

  it("injects the faults of an entry into the transactions of its address", () => {
    const bus = open(chipEntry({ faults: [{ transaction: 2, fault: "arbitration-loss" }] }), registers());
    read(bus, 0x50, 0, 1);
    read(bus, 0x76, 0xd0, 1);
    read(bus, 0x50, 0, 1);
    expect(() => read(bus, 0x76, 0xd0, 1)).toThrow("arbitration-loss");
    expect(read(bus, 0x76, 0xd0, 1)).toEqual(Uint8Array.of(0x60));
  });
});

describe("simulated SPI", () => {
  const wiring = { device: "x", chipSelect: 1, mode: 0, maximumHz: 1000, bitOrder: "msb-first" } as const;

  it("is a backend of the named buses only, whose names are no I2C buses'", () => {
    const backend = simulate([spiEntry(), registers(), spiEntry({ spi: "spi3" })], clock, models);
    for (const bus of ["sim", 3, "3", "spi3"])
      expect(backend.openSpi(bus, wiring), String(bus)).toBeDefined();
    for (const bus of ["none", 0, "i2c-3"]) expect(backend.openSpi(bus, wiring), String(bus)).toBeUndefined();
    expect(simulate([registers()], clock).openSpi("sim", wiring)).toBeUndefined();
    expect(backend.openI2c("spi3")).toBeUndefined();
  });

  it("has the models of packages, also of a chip that has one for each bus", () => {
    const both = spiEntry({ model: "both", chipSelect: 2 });
    expect(idOf(1, spiEntry(), both)).toEqual(bytes("61"));
    expect(idOf(2, spiEntry({ id: 1 }), { ...both, id: 7 })).toEqual(bytes("07"));
    expect(read(open({ ...chipEntry(), model: "both" }), 0x76, 0xd0, 1)).toEqual(bytes("60"));
  });

  it("has a loopback, and registers, which keep what is written", () => {
    const loopback = spiEntry({ model: "spi-loopback" });
    expect(idOf(1, loopback)).toEqual(bytes("00"));
    expect(idOf(1, spiEntry({ model: "registers", registers: { "0x50": "42" } }))).toEqual(bytes("42"));
  });

  it("injects the faults of an entry into the transactions of its line", () => {
    const faulty = spiEntry({ faults: [{ fault: "overrun" }] });
    expect(() => idOf(1, faulty, spiEntry({ chipSelect: 2 }))).toThrow("An injected fault: overrun.");
    expect(idOf(2, faulty, spiEntry({ chipSelect: 2 }))).toEqual(bytes("61"));
  });

  it("gives a model its parameters, whatever bus they are named as", async () => {
    const named = defineSpiModel(v.strictObject({ i2c: wholeNumber(0, 1), usb: v.string() }), () => {
      return new RegistersOverSpi(new Registers({ contents: new Map() }));
    });
    const entry = spiEntry({ model: "named", i2c: 1, usb: "1-1" });
    const backend = simulate([entry], clock, new Map([["named", named]]));
    expect(backend.openSpi("sim", wiring)).toBeDefined();
    expect(await backend.devices()).toEqual([]);
  });
});

describe("a wrong entry", () => {
  const place = "simulate[0] (chip at 0x76):";

  it("takes a module's model, and says what is wrong with it", () => {
    const use = (model: unknown, name = "./chip.ts") =>
      simulate([{ ...chipEntry(), model: name }], clock, new Map([[name, model]])).openI2c("sim")!;
    const target = new Registers({ contents: new Map([[0xd0, 0x77]]) });
    expect(read(use({ create: () => target }), 0x76, 0xd0, 1)).toEqual(bytes("77"));

    const module = "simulate[0] (./chip.ts at 0x76):";
    for (const none of [null, 1, {}, { create: 1 }, () => target]) {
      expect(() => use(none)).toThrow(
        `${module} Its default export is no model; write "export default defineModel(...)".`,
      );
    }
    const failing = () => {
      throw new TypeError("chip is undefined");
    };
    expect(() => use({ create: failing })).toThrow(`${module} The module failed: chip is undefined.`);
    // What `modules` has does not replace a model of ours, which would refuse what it is not given.
    expect(() => use({ create: () => target }, "registers")).toThrow('"registers" is missing.');
  });

  it.each<[string, SimulateEntry, string]>([
    [
      "an unknown model",
      { ...chipEntry(), model: "hcip" },
      'simulate[0] (hcip at 0x76): There is no such model; choose one of registers, chip, both, install the package of the driver that has it, or name a module such as "./model.ts".',
    ],
    [
      "a USB device on an I2C bus",
      { ...chipEntry(), model: "device" },
      'simulate[0] (device at 0x76): It is the model of a USB device; write "usb" instead of "i2c" and "address".',
    ],
    [
      "an unknown parameter",
      chipEntry({ identity: 20 }),
      `${place} "identity" is no parameter of this model; remove it, or correct its spelling.`,
    ],
    [
      "no address",
      { ...chipEntry(), address: 200 },
      "simulate[0] (chip at 0xC8): 200 is not a 7-bit address.",
    ],
    [
      "an unknown fault",
      chipEntry({ faults: [{ fault: "fire" }] }),
      `${place} "faults.0.fault": expected ("no-acknowledge-address" | "no-acknowledge-data" | "no-acknowledge" | ` +
        '"arbitration-loss" | "bus" | "overrun" | "other" | "short" | "garbage"), not "fire".',
    ],
    [
      "a fault at transaction 0",
      chipEntry({ faults: [{ fault: "bus", transaction: 0 }] }),
      `${place} "faults.0.transaction": expected a whole number from 1 to 9007199254740991.`,
    ],
  ])("%s", (_, entry, message) => {
    expect(refusal(entry)).toBe(message);
  });

  it.each<[entry: object, message: string]>([
    [
      { usb: "1-1", model: "toaster" },
      'There is no such model; choose one of usb-loopback, device, install the package of the driver that has it, or name a module such as "./model.ts".',
    ],
    [
      { usb: "1-1", model: "chip" },
      'It is the model of an I2C chip; write "i2c" and "address" instead of "usb".',
    ],
    [
      { usb: "1-1", model: "device", speed: 1 },
      '"speed" is no parameter of this model; remove it, or correct its spelling.',
    ],
  ])("of USB: %j", (entry, message) => {
    const { model } = entry as { model: string };
    expect(refusal(chipEntry(), entry as SimulateEntry)).toBe(
      `simulate[1] (${model} at USB port 1-1): ${message}`,
    );
  });

  it.each<[entry: object, message: string]>([
    [
      { model: "toaster" },
      'There is no such model; choose one of registers, spi-loopback, onSpi, both, install the package of the driver that has it, or name a module such as "./model.ts".',
    ],
    [
      { model: "chip" },
      'It is the model of an I2C chip; write "i2c" and "address" instead of "spi" and "chipSelect".',
    ],
    [{ model: "device" }, 'It is the model of a USB device; write "usb" instead of "spi" and "chipSelect".'],
    [{ speed: 1 }, '"speed" is no parameter of this model; remove it, or correct its spelling.'],
    [
      { faults: [{ fault: "bus" }] },
      '"faults.0.fault": expected ("chip-select-fault" | "overrun" | "mode-fault" | "frame-format" | "other" | "short" | "garbage"), not "bus".',
    ],
    [
      { model: "registers", registers: { "0x80": "00" } },
      "by SPI there are the registers 0x00 to 0x7F only.",
    ],
    [
      { model: "spi-loopback", id: 1 },
      '"id" is no parameter of this model; remove it, or correct its spelling.',
    ],
  ])("of SPI: %j", (entry, message) => {
    const { model = "onSpi" } = entry as { model?: string };
    expect(refusal(chipEntry(), spiEntry(entry as Record<string, unknown>))).toBe(
      `simulate[1] (${model} at chip select 1): ${message}`,
    );
  });

  it("an SPI device on another bus", () => {
    expect(refusal({ ...chipEntry(), model: "onSpi" })).toBe(
      'simulate[0] (onSpi at 0x76): It is the model of an SPI device; write "spi" and "chipSelect" instead of "i2c" and "address".',
    );
  });

  it("two on one line", () => {
    expect(refusal(spiEntry(), spiEntry({ chipSelect: 2 }), spiEntry())).toBe(
      "simulate[2] (onSpi at chip select 1): Something is on chip select 1 of this bus already; choose another line.",
    );
  });

  it("two at one address", () => {
    expect(refusal(registers(), chipEntry(), { ...registers(), address: 0x76 })).toBe(
      "simulate[2] (registers at 0x76): Something sits at 0x76 of this bus already; choose another address.",
    );
  });
});
