/** The built components of both engines, through the host, on a simulated display. */

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildPackage } from "@busbar/build";
import { readComponent } from "@busbar/host";
import { openBoard } from "@busbar/host-node";
import { SimulatedI2cBus, VirtualClock } from "@busbar/sim";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Ht16k33 } from "../src/model.ts";
import vectors from "./vectors/ht16k33.json" with { type: "json" };

const packageFolder = join(import.meta.dirname, "..");
const built = mkdtempSync(join(tmpdir(), "busbar-ht16k33-"));
const components = {
  quickjs: join(packageFolder, "dist/ht16k33.wasm"),
  starlingmonkey: join(built, "ht16k33.wasm"),
};
const engines = ["quickjs", "starlingmonkey"] as const;

beforeAll(async () => {
  await buildPackage(packageFolder, { engine: "starlingmonkey", outFolder: built });
}, 120_000);
afterAll(() => rmSync(built, { recursive: true }));

/** A board with one simulated display. */
async function simulated(component: string, settings: Record<string, string | number> = {}) {
  const clock = new VirtualClock();
  const chip = new Ht16k33(clock);
  const bus = new SimulatedI2cBus([[0x70, chip]]);
  const board = await openBoard(
    { devices: { panel: { driver: component, i2c: { bus: "test", address: "0x70" }, settings } } },
    { clock, i2c: [{ name: "test", openI2c: () => bus.open() }] },
  );
  return { board, chip, clock, panel: await board.textDisplay("panel") };
}

/** The display RAM as a vector has it, after its address byte. */
function ramOf(writeHex: string): number[] {
  return [...Buffer.from(writeHex, "hex")].slice(1);
}

describe.each(engines)("the %s component", (engine) => {
  const component = components[engine];

  test("imports what its world declares and nothing more", () => {
    const { imports, exports } = readComponent(readFileSync(component), engine);
    expect(imports.map(({ name }) => name).sort()).toEqual([
      "busbar:board/i2c@0.1.0",
      "busbar:board/settings@0.1.0",
      "busbar:device/errors@0.1.0",
      "wasi:i2c/delay@0.2.0-draft",
      "wasi:i2c/i2c@0.2.0-draft",
    ]);
    expect(exports.map(({ name }) => name)).toContain("busbar:device/text-display@0.1.0");
  });

  test("shows every vector: characters, texts and frames", async () => {
    const { board, chip, panel } = await simulated(component);
    await using _ = board;
    expect(panel.capabilities).toEqual({
      brightnessLevels: 16,
      blinkRates: [2, 1, 0.5],
      customCharacters: undefined,
    });
    for (const [character, segments] of Object.entries(vectors.universal_digits)) {
      for (const [column, address] of vectors.digit_ram_addresses.entries()) {
        await panel.write(0, column, character);
        expect(chip.ram[address], `${character} in column ${column}`).toBe(Number.parseInt(segments, 16));
      }
    }
    for (const { text, write_hex } of vectors.texts) {
      await panel.write(0, 0, text);
      expect([...chip.ram], text).toEqual(ramOf(write_hex));
    }
    for (const { name, text, write_hex } of vectors.frames) {
      await panel.clear();
      await panel.write(0, 0, name === "digit_1" ? "1" : text);
      const expected = ramOf(write_hex);
      // Of the colon's byte only its bit counts, the vectors say.
      expected[4]! &= 0x02;
      expect([...chip.ram], name).toEqual(expected);
    }
  });

  test("takes the settings of the board file, blinks and dims", async () => {
    const { board, chip, clock, panel } = await simulated(component, { brightness: 4, "blink-hz": 0.5 });
    await using _ = board;
    expect(chip.state).toEqual({ lit: true, brightness: 4, blinkHertz: 0.5 });
    clock.advance(1000);
    expect(chip.state.lit).toBe(false);
    await panel.setBlinkRate(0);
    await panel.setBrightness(1);
    expect(chip.state).toEqual({ lit: true, brightness: 16, blinkHertz: 0 });
    await panel[Symbol.asyncDispose]();
    expect(chip.state.lit).toBe(false);
  });

  test("leaves the text where it is told to", async () => {
    const { board, chip, panel } = await simulated(component, { "after-close": "keep" });
    await using _ = board;
    await panel.write(0, 0, "Err");
    await panel[Symbol.asyncDispose]();
    expect(chip.state.lit).toBe(true);
    expect(chip.ram[0]).toBe(0x79);
  });
});
