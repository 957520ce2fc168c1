import { simulatedBuses, simulatedGpio, simulatedSpi, VirtualClock } from "@busbar/sim";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import model, { Controller, Ssd1306OnI2c, Ssd1306OnSpi } from "../src/model.ts";

const controller = () => new Controller(new Uint8Array(1024));
const sendTo = (chip: Controller, ...bytes: number[]) => {
  for (const byte of bytes) chip.command(byte);
};
const dataTo = (chip: Controller, ...bytes: number[]) => {
  for (const byte of bytes) chip.data(byte);
};
/** Where the RAM is not 0: [page, segment, byte]. */
const written = ({ ram }: Controller) =>
  [...ram.entries()].flatMap(([at, byte]) => (byte === 0 ? [] : [[at >> 7, at & 0x7f, byte]]));

describe("the RAM", () => {
  test("by pages, as after reset: the column goes round, the page stays", () => {
    const chip = controller();
    sendTo(chip, 0xb3, 0x0e, 0x17);
    dataTo(chip, 1, 2, 3);
    expect(written(chip)).toEqual([
      [3, 0, 3],
      [3, 126, 1],
      [3, 127, 2],
    ]);
  });

  test("horizontally through a window, and again from its begin", () => {
    const chip = controller();
    sendTo(chip, 0x20, 0, 0x21, 5, 6, 0x22, 2, 3);
    dataTo(chip, 1, 2, 3, 4, 5);
    expect(written(chip)).toEqual([
      [2, 5, 5],
      [2, 6, 2],
      [3, 5, 3],
      [3, 6, 4],
    ]);
  });

  test("vertically through a window", () => {
    const chip = controller();
    sendTo(chip, 0x20, 1, 0x21, 5, 6, 0x22, 2, 3);
    dataTo(chip, 1, 2, 3);
    expect(written(chip)).toEqual([
      [2, 5, 1],
      [2, 6, 3],
      [3, 5, 2],
    ]);
  });

  test("a re-map counts for what comes later", () => {
    const chip = controller();
    dataTo(chip, 1);
    sendTo(chip, 0xa1);
    dataTo(chip, 2);
    expect(written(chip)).toEqual([
      [0, 0, 1],
      [0, 126, 2],
    ]);
  });
});

describe("commands", () => {
  test("one that was cut off takes the next bytes for its parameters", () => {
    const chip = controller();
    sendTo(chip, 0x21, 3);
    dataTo(chip, 9);
    sendTo(chip, 0xaf, 0xaf);
    expect([chip.state.firstColumn, chip.state.lastColumn, chip.state.isOn]).toEqual([3, 0x2f, true]);
    expect(written(chip)).toEqual([[0, 0, 9]]);
  });

  test("those of scrolling are as long as they are", () => {
    const chip = controller();
    sendTo(chip, 0x26, ...Array(6).fill(0xaf), 0x2a, ...Array(5).fill(0xaf), 0xa3, 0xaf, 0xaf, 0x2f, 0x2e);
    expect(chip.state.isOn).toBe(false);
  });

  test("a multiplex ratio below 16 is invalid", () => {
    const chip = controller();
    sendTo(chip, 0xa8, 31, 0xa8, 3);
    expect(chip.state.rows).toBe(32);
  });

  test("reset takes back all but the RAM", () => {
    const chip = controller();
    dataTo(chip, 7);
    sendTo(chip, 0xaf, 0x81, 1, 0x20, 0, 0x21, 5);
    chip.reset();
    expect(chip.state).toEqual(controller().state);
    expect(written(chip)).toEqual([[0, 0, 7]]);
    sendTo(chip, 0xaf);
    expect(chip.state.isOn).toBe(true);
  });

  test("whatever comes is taken", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 255 })), { maxLength: 300 }),
        (bytes) => {
          const module = new Ssd1306OnI2c({ size: "72x40", supply: "external" });
          for (const [isData, byte] of bytes) {
            if (isData) module.controller.data(byte);
            else module.controller.command(byte);
          }
          expect(module.controller.ram.length).toBe(1024);
          expect(module.render().split("\n")).toHaveLength(22);
        },
      ),
      { seed: 20261130, numRuns: 300 },
    );
  });
});

describe("on I2C", () => {
  test("a control byte with Co is for one byte, one without for all that follow; the status says whether it is off", () => {
    const chip = new Ssd1306OnI2c({ size: "128x64", supply: "external" });
    const send = (...bytes: number[]) => {
      chip.start("write", false);
      for (const byte of bytes) chip.write(byte);
      chip.stop();
    };
    expect(chip.read()).toBe(0x40);
    send(0x80, 0xb2, 0x80, 0x00, 0x40, 0xaf, 0xae);
    expect([...chip.controller.ram.subarray(256, 258)]).toEqual([0xaf, 0xae]);
    send(0x80, 0xaf, 0xc0, 0x11);
    expect([chip.read(), chip.controller.ram[258]]).toEqual([0, 0x11]);
  });
});

describe("on SPI", () => {
  const clocking = { mode: 0, hz: 1e6 };
  test("D/C# says what a byte is; RES# ends everything, and what is too fast or of another mode is not heard", () => {
    const chip = new Ssd1306OnSpi({ size: "128x64", supply: "external" });
    const send = (byte: number, how = clocking) => {
      chip.select(how);
      expect(chip.transfer(byte)).toBe(0xff);
      chip.release();
    };
    send(0xaf);
    expect(chip.controller.state.isOn).toBe(true);
    send(0xae, { mode: 1, hz: 1e6 });
    send(0xae, { mode: 3, hz: 11e6 });
    expect(chip.controller.state.isOn).toBe(true);
    chip.pins.driven!("dc", "high", 0);
    send(0xae);
    expect([chip.controller.ram[0], chip.controller.state.isOn]).toEqual([0xae, true]);
    chip.pins.driven!("dc", "low", 0);
    chip.pins.driven!("reset", "low", 0);
    send(0xaf);
    expect(chip.controller.state.isOn).toBe(false);
    chip.pins.driven!("reset", "high", 0);
    send(0xaf, { mode: 3, hz: 10e6 });
    expect(chip.controller.state.isOn).toBe(true);
  });
});

describe("in the board file", () => {
  const models = new Map([["ssd1306", model]]);
  test("on either bus, with its lines", () => {
    const clock = new VirtualClock();
    const i2c = simulatedBuses(
      [{ i2c: "a", address: 0x3c, model: "ssd1306", size: "128x32" }],
      clock,
      models,
    );
    expect(i2c.get("a")!.render(0x3c)!.split("\n")).toHaveLength(18);
    const lines = { dc: { chip: "lines", line: 0 }, reset: { chip: "lines", line: 1 } };
    const entry = { spi: "b", chipSelect: 0, model: "ssd1306", size: "64x48", lines };
    const { chips } = simulatedGpio([], clock);
    expect(simulatedSpi([entry], clock, models, chips).get("b")!.render(0)!.split("\n")).toHaveLength(26);
    expect(chips.get("lines")).toBeDefined();
  });

  test.each([
    [{ size: "1x1" }, '"size": expected '],
    [{ supply: "usb" }, '"supply": expected '],
    [{ lines: { dc: { chip: "lines", line: 0 } } }, 'It has no line "dc"; it has none.'],
  ])("%j is refused", (parameters, message) => {
    const entry = { i2c: "a", address: 0x3c, model: "ssd1306", ...parameters };
    expect(() => simulatedBuses([entry], new VirtualClock(), models)).toThrow(message);
  });
});
