/** The driver on its two buses: the bytes, and what every glass shows. */

import { payload } from "@busbar/contract";
import { completeOptions } from "@busbar/guest";
import { GpioPlayback } from "@busbar/guest/gpio-playback";
import { type ExpectedTransaction, Playback } from "@busbar/guest/playback";
import { SpiPlayback } from "@busbar/guest/spi-playback";
import { SimulatedI2cBus } from "@busbar/sim";
import { describe, expect, test } from "vitest";
import type { DisplayBus } from "../src/display-bus.ts";
import { type PanelName, Ssd1306OnI2c } from "../src/model.ts";
import { SSD1306OnI2c } from "../src/on-i2c.ts";
import { SSD1306OnSpi } from "../src/on-spi.ts";
import { SSD1306, type SSD1306Options, ssd1306Options } from "../src/ssd1306.ts";

/** The settings of a 72x40, by sections 9 and 10 of the data sheet, after two NOPs. */
const setup = [
  ...[0xe3, 0xe3, 0xae, 0xd5, 0x80, 0xa8, 39, 0xd3, 0, 0x40, 0x8d, 0x14, 0x20, 0, 0xa1, 0xc8],
  ...[0xda, 0x12, 0x81, 0x7f, 0xd9, 0xf1, 0xdb, 0x20, 0xa4, 0xa6, 0x2e],
];
const wholeWindow = [0xe3, 0xe3, 0x21, 28, 99, 0x22, 0, 4];
const on = [0xe3, 0xe3, 0xaf];
const off = [0xe3, 0xe3, 0xae, 0x8d, 0x10];
/** "1" in row 1, column 2: columns 12 to 17 of the glass. */
const oneWindow = [0xe3, 0xe3, 0x21, 40, 45, 0x22, 1, 1];
const one = [0x44, 0x42, 0x7f, 0x40, 0x40, 0x00];
const glyphA = [0x7c, 0x12, 0x11, 0x12, 0x7c, 0x00];

const commands = (bytes: readonly number[]): ExpectedTransaction => ({ write: [0x00, ...bytes] });
/** Data in messages of 32 bytes. */
const data = (bytes: readonly number[]): ExpectedTransaction[] =>
  Array.from({ length: Math.ceil(bytes.length / 31) }, (_, index) => ({
    write: [0x40, ...bytes.slice(31 * index, 31 * (index + 1))],
  }));
const blank = Array<number>(5 * 72).fill(0);
const open = [commands(setup), commands(wholeWindow), ...data(blank), commands(on)];

describe("on I2C", () => {
  const opened = (...more: ExpectedTransaction[]) => {
    const playback = new Playback(0x3c, [...open, ...more]);
    return { playback, display: new SSD1306OnI2c(playback.target, playback.delay, { size: "72x40" }) };
  };

  test("sets everything up, clears and switches on; sends a text and nothing beside it; leaves it dark", () => {
    const { playback, display } = opened(commands(oneWindow), ...data(one), commands(off));
    expect([display.size, display.capabilities]).toEqual([
      { rows: 5, columns: 12 },
      { brightnessLevels: 256, blinkRates: [] },
    ]);
    display.write(1, 2, "1");
    display.write(1, 2, "");
    display.close();
    display.close();
    playback.done();
  });

  test("after a failure everything is sent again, and the text that failed is not there", () => {
    const shown = blank.slice();
    shown.splice(72, 6, ...glyphA);
    const failing = { ...commands(oneWindow), error: { tag: "overrun" } } as ExpectedTransaction;
    const { playback, display } = opened(
      failing,
      ...[commands(setup), commands(wholeWindow), ...data(shown), commands(on)],
      commands([0xe3, 0xe3, 0x81, 0, 0xaf]),
    );
    expect(payload(() => display.write(1, 2, "1"))).toMatchObject({
      tag: "bus",
      val: { kind: "overrun", message: "showing text on the SSD1306 at 0x3C" },
    });
    display.write(1, 0, "A");
    display.setBrightness(1 / 256);
    playback.done();
  });

  test("a dark display stays dark when everything is sent again", () => {
    const failing = { ...commands(oneWindow), error: { tag: "overrun" } } as ExpectedTransaction;
    const { playback, display } = opened(
      commands([0xe3, 0xe3, 0xae]),
      failing,
      ...[commands(setup), commands(wholeWindow), ...data(blank)],
    );
    display.setBrightness(0);
    expect(() => display.write(1, 2, "1")).toThrow();
    display.clear();
    playback.done();
  });
});

const written = (write: readonly number[]) => ({ operations: [{ write }] });

test("on SPI commands go with D/C# low and data with D/C# high, after a reset of 1 ms", () => {
  const gpio = new GpioPlayback();
  const spi = new SpiPlayback([setup, wholeWindow, blank, on, oneWindow, one].map(written));
  const display = new SSD1306OnSpi(spi.device, spi.timer, gpio.lines, gpio.time, { size: "72x40" });
  display.write(1, 2, "1");
  spi.done();
  expect(gpio.calls).toEqual([
    ...["output dc", "output reset", "set reset true", "set reset false"],
    ...[false, false, true, false, false, true].map((isData) => `set dc ${isData}`),
  ]);
  expect(spi.waits.map(({ ms }) => ms)).toEqual([1, 1]);
});

test("without a reset line none is opened", () => {
  const gpio = new GpioPlayback();
  const spi = new SpiPlayback([setup, wholeWindow, blank, on].map(written));
  new SSD1306OnSpi(spi.device, spi.timer, gpio.lines, gpio.time, { size: "72x40", resetLine: false });
  expect(gpio.calls).not.toContain("output reset");
});

/** A driver on a model, and what a person sees of it as one text for each row of dots. */
function shown(size: PanelName, options: Partial<SSD1306Options>, text: readonly [number, number, string]) {
  const chip = new Ssd1306OnI2c({ size, supply: "charge-pump" });
  const bus = new SimulatedI2cBus([[0x3d, chip]]);
  const send = (control: number, bytes: Iterable<number>) =>
    void bus.transaction(0x3d, [{ kind: "write", data: Uint8Array.of(control, ...bytes) }]);
  const display: DisplayBus = {
    where: "It",
    commands: (bytes) => send(0x00, bytes),
    data: (bytes) => send(0x40, bytes),
  };
  new SSD1306(display, completeOptions(ssd1306Options, { size, ...options })).write(...text);
  return chip.lit.map((line) => line.map((lit) => (lit ? "█" : " ")).join(""));
}

const sizes = ["128x64", "128x32", "96x16", "64x48", "72x40"] as const;

describe.each(sizes)("a glass of %s", (size) => {
  const [columns, rows] = size.split("x").map(Number) as [number, number];

  test("has the text where it belongs, in its last cell too", () => {
    const last = [rows / 8 - 1, Math.floor(columns / 6) - 1] as const;
    const first = shown(size, {}, [0, 0, "F"]);
    expect(first.map((line) => line.trimEnd())).toEqual([
      ...["█████", "█", "█", "████", "█", "█", "█"],
      ...Array(rows - 7).fill(""),
    ]);
    const moved = shown(size, {}, [...last, "F"]);
    expect(moved.slice(rows - 8).map((line) => line.slice(6 * last[1], 6 * last[1] + 6))).toEqual(
      first.slice(0, 8).map((line) => line.slice(0, 6)),
    );
    expect(moved.join("").replaceAll(" ", "").length).toBe(first.join("").replaceAll(" ", "").length);
  });

  test("is the same upside down", () => {
    const upright = shown(size, {}, [1, 1, "Rj"]);
    const turned = shown(size, { flip: true }, [1, 1, "Rj"]);
    expect(turned.map((line) => [...line].reverse().join("")).reverse()).toEqual(upright);
  });

  test("dark on light is the opposite of light on dark", () => {
    const opposite = shown(size, { inverse: true }, [0, 0, "F"]).map((line) =>
      line.replaceAll(/./g, (dot) => (dot === " " ? "█" : " ")),
    );
    expect(opposite).toEqual(shown(size, {}, [0, 0, "F"]));
  });

  test("wired otherwise than usual it shows nonsense, and that is what the option is for", () => {
    const others = { sequential: "alternative", alternative: "sequential" } as const;
    const usual = size === "128x32" || size === "96x16" ? "sequential" : "alternative";
    expect(shown(size, { comPins: usual }, [0, 0, "F"])).toEqual(shown(size, {}, [0, 0, "F"]));
    expect(shown(size, { comPins: others[usual] }, [0, 0, "F"])).not.toEqual(shown(size, {}, [0, 0, "F"]));
  });
});

test("characters of 8 dots have one before them, and 16 are in a row", () => {
  expect(shown("128x64", { characterWidth: 8 }, [0, 14, "F1"])[0]).toBe(`${" ".repeat(113)}█████     █    `);
});

test("without its charge pump a module that needs it is dark", () => {
  expect(shown("128x64", { supply: "external" }, [0, 0, "F"]).join("").trim()).toBe("");
});
