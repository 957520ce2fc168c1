import { payload } from "@busbar/contract";
import { type ExpectedSpiTransaction, SpiPlayback } from "@busbar/guest/spi-playback";
import { describe, expect, test } from "vitest";
import { MCP3008, type MCP3008Options } from "../src/mcp3008.ts";

/** A conversion: what selects the input, and the code that comes. */
const conversion = (select: number, code: number): ExpectedSpiTransaction => ({
  operations: [{ transfer: [1, select, 0], answer: [0xff, 0xf8 | (code >> 8), code & 0xff] }],
});
/** Nobody drives the line. */
const silence = (select: number): ExpectedSpiTransaction => ({
  operations: [{ transfer: [1, select, 0], answer: [0xff, 0xff, 0xff] }],
});
const singleEnded = (input: number) => 0x80 | (input << 4);

function play<Result>(
  expected: readonly ExpectedSpiTransaction[],
  use: (open: (options?: Partial<MCP3008Options>) => MCP3008) => Result,
): Result {
  const playback = new SpiPlayback(expected);
  const result = use((options) => new MCP3008(playback.device, playback.timer, options));
  playback.done();
  expect(playback.waits).toEqual([]);
  return result;
}

const open = conversion(singleEnded(0), 0);

describe("an MCP3008", () => {
  test("converts each input against ground", () => {
    const codes = [0, 1, 2, 512, 1023, 341, 682, 100];
    play([open, ...codes.map((code, input) => conversion(singleEnded(input), code))], (openSensor) => {
      const sensor = openSensor({ referenceMillivolts: 5120 });
      expect(sensor.info).toEqual({ vendor: "Microchip", model: "MCP3008" });
      const sample = sensor.read();
      expect(Object.keys(sample)).toEqual(["ch0", "ch1", "ch2", "ch3", "ch4", "ch5", "ch6", "ch7"]);
      expect(sample).toMatchObject({ ch0: 0, ch1: 0.005, ch3: 2.56, ch4: expect.closeTo(5.115, 9) });
    });
  });

  test("converts pairs, the even input against the odd one", () => {
    const pairs = [0x00, 0x20, 0x40, 0x60];
    play([conversion(0, 3), ...pairs.map((select) => conversion(select, 512))], (openSensor) => {
      const sample = openSensor({ mode: "differential" }).read();
      expect(sample).toEqual({ "ch0-ch1": 1.65, "ch2-ch3": 1.65, "ch4-ch5": 1.65, "ch6-ch7": 1.65 });
    });
  });

  test("has channels from 0 V to a step below the reference", () => {
    const [channel] = play([open], (openSensor) => openSensor().channels);
    expect(channel).toEqual({
      quantity: "voltage",
      label: "ch0",
      minimum: 0,
      maximum: (3.3 * 1023) / 1024,
      resolution: 3.3 / 1024,
    });
  });

  test("that does not answer is the wrong device when it is opened, and an error later", () => {
    play([silence(singleEnded(0))], (openSensor) => {
      expect(payload(() => openSensor())).toEqual({
        tag: "wrong-device",
        val: "Expected an MCP3008, but nothing answers a conversion; correct the chip select or the wiring in the board file.",
      });
    });
    play([open, conversion(singleEnded(0), 7), silence(singleEnded(1))], (openSensor) => {
      const sensor = openSensor();
      expect(payload(() => sensor.read())).toEqual({
        tag: "protocol",
        val: "The MCP3008 did not answer a conversion of ch1; check its wiring and supply.",
      });
    });
  });

  test("is a bus error where the bus fails, and reads again afterwards", () => {
    const error = { tag: "overrun" } as const;
    const all = Array.from({ length: 4 }, (_, input) => conversion(singleEnded(input), 0));
    play([open, { ...conversion(singleEnded(0), 0), error }, ...all], (openSensor) => {
      const sensor = openSensor({ part: "MCP3004" });
      expect(payload(() => sensor.read())).toMatchObject({ tag: "bus", val: { kind: "overrun" } });
      expect(sensor.read()).toEqual({ ch0: 0, ch1: 0, ch2: 0, ch3: 0 });
    });
  });

  test("is disconnected when it was closed", () => {
    play([open], (openSensor) => {
      const sensor = openSensor();
      sensor.close();
      sensor.close();
      expect(payload(() => sensor.read())).toEqual({
        tag: "disconnected",
        val: "The MCP3008 is closed; open it again.",
      });
    });
  });

  test.each([
    { part: "MCP3208" },
    { mode: "pairs" },
    { referenceMillivolts: 249 },
    { referenceMillivolts: 5501 },
  ])("%o is refused, and nothing reaches the bus", (options) => {
    play([], (openSensor) => {
      expect(payload(() => openSensor(options as object)).tag).toBe("invalid-argument");
    });
  });
});
