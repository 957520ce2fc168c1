/** The built component, through the host, on a simulated display. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type BoardEvent, customCharacter, readComponent } from "@busbar/host";
import { openBoard } from "@busbar/host-node";
import { SimulatedI2cBus, VirtualClock } from "@busbar/sim";
import { describe, expect, test } from "vitest";
import { Hd44780 } from "../src/model.ts";
import vectors from "./vectors/hd44780_pcf8574.json" with { type: "json" };

const component = join(import.meta.dirname, "../dist/hd44780.wasm");

/** A board with one simulated display, and all that was written to it. */
async function simulated({ size = "16x2", settings = {} } = {}) {
  const clock = new VirtualClock();
  const [columns, rows] = size.split("x").map(Number) as [number, 2 | 4];
  const chip = new Hd44780(
    {
      rows,
      columns,
      pins: ["rs", "rw", "e", "bl", "d4", "d5", "d6", "d7"],
      backlightActive: "high",
      oscillatorKHz: 190,
      busKHz: 100,
      start: "slow-supply",
    },
    clock,
  );
  const bus = new SimulatedI2cBus([[0x27, chip]]);
  const events: BoardEvent[] = [];
  const board = await openBoard(
    {
      devices: {
        panel: { driver: component, i2c: { bus: "test", address: "0x27" }, settings: { size, ...settings } },
      },
    },
    { clock, i2c: [{ name: "test", openI2c: () => bus.open() }], onEvent: (event) => events.push(event) },
  );
  const panel = await board.textDisplay("panel");
  /** The states of the pins since the last call. */
  const written = () =>
    events
      .splice(0)
      .flatMap((event) => (event.kind === "i2c" ? event.operations : []))
      .flatMap((operation) => (operation.kind === "write" ? [...operation.data] : []));
  return { board, chip, panel, written };
}

/** What the controller takes: RS and a byte, of two nibbles each, at each falling edge of E. */
function decoded(states: readonly number[]): [number, number][] {
  const nibbles = states.flatMap((state, index): [number, number][] =>
    index > 0 && (states[index - 1]! & 0x04) !== 0 && (state & 0x04) === 0 ? [[state & 1, state >> 4]] : [],
  );
  return nibbles.flatMap(([rs, upper], index): [number, number][] =>
    index % 2 === 0 ? [[rs, (upper << 4) | nibbles[index + 1]![1]]] : [],
  );
}

function vector(name: string): [number, number][] {
  const { writes_hex } = vectors.cases.find((each) => each.name === name)!;
  return decoded([...Buffer.from(writes_hex, "hex")]);
}

describe("the component", () => {
  test("imports what its world declares and nothing more", () => {
    const { imports, exports } = readComponent(readFileSync(component), "hd44780");
    expect(imports.map(({ name }) => name).sort()).toEqual([
      "busbar:board/i2c@0.1.0",
      "busbar:board/settings@0.1.0",
      "busbar:device/errors@0.1.0",
      "wasi:i2c/delay@0.2.0-draft",
      "wasi:i2c/i2c@0.2.0-draft",
    ]);
    expect(exports.map(({ name }) => name)).toContain("busbar:device/text-display@0.1.0");
  });

  test("starts with the instructions of the vectors", async () => {
    const { board, chip, written } = await simulated();
    await using _ = board;
    const nibbles = written().flatMap((state, index, all) =>
      index > 0 && (all[index - 1]! & 0x04) !== 0 && (state & 0x04) === 0 ? [[state >> 4, state & 1]] : [],
    );
    const { latched_nibbles } = vectors.cases.find(({ name }) => name === "init_rust")!;
    // 3, 3, 3, 2 and the function set; then the same clear and the same "display on", the order is figure 24's.
    expect(nibbles.slice(0, 6)).toEqual(latched_nibbles!.slice(0, 6));
    expect(nibbles.slice(6)).toEqual([
      [0, 0],
      [8, 0],
      [0, 0],
      [1, 0],
      [0, 0],
      [6, 0],
      [0, 0],
      [12, 0],
    ]);
    expect(chip.lost).toBe(0);
  });

  test("sends what the vectors have for clearing, rows, custom characters and the light", async () => {
    const { board, panel, written } = await simulated({ size: "20x4" });
    await using _ = board;
    written();
    await panel.clear();
    expect(decoded(written())).toEqual(vector("clear_bl_on"));
    await panel.write(2, 0, "");
    expect(decoded(written())).toEqual(vector("set_ddram_0x14_row2_20x4_bl_on"));
    await panel.defineCharacter(7, Array(8).fill(0));
    expect(decoded(written())[0]).toEqual(vector("set_cgram_7_bl_on")[0]);
    await panel.write(0, 0, customCharacter(0));
    expect(decoded(written())[1]).toEqual(vector("char_custom_0_bl_on")[0]);
    await panel.setBrightness(1);
    await panel.setBrightness(0);
    const { writes_hex } = vectors.cases.find(({ name }) => name === "backlight_rust")!;
    expect(Buffer.from(written()).toString("hex")).toBe(writes_hex);
  });

  test.each(["8x2", "16x2", "20x2", "40x2", "16x4", "20x4"])("fills a %s display", async (size) => {
    const { board, chip, panel } = await simulated({ size });
    await using _ = board;
    const { rows, columns } = panel.size;
    const lines = Array.from({ length: rows }, (_, row) =>
      Array.from({ length: columns }, (_, column) =>
        String.fromCharCode(0x30 + row * 10 + (column % 10)),
      ).join(""),
    );
    for (const [row, line] of lines.entries()) await panel.write(row, 0, line);
    expect(chip.rows).toEqual(lines);
    expect(chip.lost).toBe(0);
  });

  test("draws custom characters, switches the light, and is off and dark after it is closed", async () => {
    const { board, chip, panel } = await simulated({ settings: { backlight: false } });
    await using _ = board;
    expect(chip.lit).toBe(false);
    await panel.setBrightness(0.3);
    expect(chip.lit).toBe(true);
    const bell = [0x04, 0x0e, 0x0e, 0x0e, 0x1f, 0x00, 0x04, 0x00];
    await panel.defineCharacter(3, bell);
    await panel.write(1, 14, `${customCharacter(3)}!`);
    expect(chip.customCharacter(3)).toEqual(bell);
    expect(chip.rows[1]).toBe(`${" ".repeat(14)}③!`);
    await panel[Symbol.asyncDispose]();
    expect(chip.lit).toBe(false);
    expect(chip.rows[1]).toBe(" ".repeat(16));
    expect(chip.lost).toBe(0);
  });
});
