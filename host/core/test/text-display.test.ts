import { describe, expect, test } from "vitest";
import { OpenBoard } from "../src/board/open.ts";
import { parseBoard } from "../src/board/parse.ts";
import { customCharacter } from "../src/device/text-display/text-display.ts";
import { componentBytes } from "./component-bytes.ts";
import { fakeComponent } from "./fake-component.ts";
import { ComponentError, FakeBus, FakeClock } from "./fakes.ts";

/** A board whose driver of a text display writes down what it is asked for, and throws `state.fail`. */
async function setUp() {
  const log: unknown[][] = [];
  const state = { fail: undefined as unknown };
  const note =
    (name: string) =>
    async (...values: unknown[]) => {
      log.push([name, ...values]);
      if (state.fail !== undefined) throw state.fail;
    };
  const device = {
    info: async () => ({ vendor: "Test", model: "Fake" }),
    size: async () => ({ rows: 2, columns: 16 }),
    capabilities: async () => ({
      brightnessLevels: 16,
      blinkRates: Float64Array.of(2, 0.5),
      customCharacters: { count: 8, rows: 8, columns: 5 },
    }),
    clear: note("clear"),
    write: note("write"),
    setBrightness: note("setBrightness"),
    setBlinkRate: note("setBlinkRate"),
    defineCharacter: note("defineCharacter"),
    close: note("close"),
    [Symbol.dispose]: () => void log.push(["drop"]),
  };
  const exported = "busbar:device/text-display@0.1.0";
  const artifact = fakeComponent("./fake.wasm", componentBytes([], [exported]), () => ({
    [exported]: { open: async () => device },
  }));
  const entry = { driver: "fake", i2c: { bus: 1, address: "0x27" } };
  const board = await OpenBoard.open(parseBoard({ devices: { panel: entry } }), {
    clock: new FakeClock(),
    i2c: [new FakeBus()],
    loadComponent: async () => artifact,
  });
  return { board, log, state };
}

describe("a text display", () => {
  test("has its size and what it can do as plain values", async () => {
    const { board } = await setUp();
    await using _ = board;
    expect(board.devices).toEqual([{ name: "panel", kind: "textDisplay" }]);
    await using panel = await board.textDisplay("panel");
    expect(panel).toMatchObject({
      name: "panel",
      info: { vendor: "Test", model: "Fake" },
      size: { rows: 2, columns: 16 },
    });
    expect(panel.capabilities).toEqual({
      brightnessLevels: 16,
      blinkRates: [2, 0.5],
      customCharacters: { count: 8, rows: 8, columns: 5 },
    });
  });

  test("passes every call on", async () => {
    const { board, log } = await setUp();
    await using _ = board;
    const panel = await board.textDisplay("panel");
    await panel.clear();
    await panel.write(1, 3, `21 °C ${customCharacter(2)}`);
    await panel.setBrightness(0.5);
    await panel.setBlinkRate(2);
    await panel.defineCharacter(2, [0, 31]);
    expect(log).toEqual([
      ["clear"],
      ["write", 1, 3, "21 °C \u{e002}"],
      ["setBrightness", 0.5],
      ["setBlinkRate", 2],
      ["defineCharacter", 2, Uint8Array.of(0, 31)],
    ]);
  });

  test("what WIT's types cannot say is an error, and no other number", async () => {
    const { board, log } = await setUp();
    await using _ = board;
    const panel = await board.textDisplay("panel");
    const expected: [Promise<void>, string][] = [
      [panel.write(-1, 0, "x"), "panel: the row is -1, but must be a whole number from 0 to 4294967295"],
      [panel.write(0, 1.5, "x"), "panel: the column is 1.5, but must be a whole number from 0 to 4294967295"],
      [
        panel.defineCharacter(Number.NaN, []),
        "panel: the index is NaN, but must be a whole number from 0 to 4294967295",
      ],
      [
        panel.defineCharacter(0, [256]),
        "panel: the row of dots is 256, but must be a whole number from 0 to 255",
      ],
    ];
    for (const [call, message] of expected) {
      await expect(call).rejects.toMatchObject({ code: "invalid-argument", message });
    }
    expect(log).toEqual([]);
  });

  test("passes the driver's error on, and works afterwards", async () => {
    const { board, state } = await setUp();
    await using _ = board;
    const panel = await board.textDisplay("panel");
    const payload = { tag: "bus", val: { kind: "overrun", message: "writing 2 bytes" } };
    state.fail = new ComponentError(payload);
    await expect(panel.write(0, 0, "x")).rejects.toMatchObject({ payload });
    state.fail = undefined;
    await panel.write(0, 0, "x");
  });

  test("is closed once, and does nothing afterwards", async () => {
    const { board, log } = await setUp();
    await using _ = board;
    const panel = await board.textDisplay("panel");
    await panel[Symbol.asyncDispose]();
    await panel[Symbol.asyncDispose]();
    expect(log).toEqual([["close"], ["drop"]]);
    await expect(panel.clear()).rejects.toMatchObject({
      code: "disconnected",
      message: "panel: the display was closed; open it again",
    });
  });

  test("is no sensor", async () => {
    const { board } = await setUp();
    await using _ = board;
    await expect(board.sensor("panel")).rejects.toThrow(
      '"panel" is no sensor: ./fake.wasm drives a textDisplay.',
    );
  });
});
