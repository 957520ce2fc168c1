import { describe, expect, test } from "vitest";
import { OpenBoard } from "../src/board/open.ts";
import { parseBoard } from "../src/board/parse.ts";
import type { BoardFile } from "../src/board/schema.ts";
import type { LoadedComponent } from "../src/component/artifact.ts";
import { componentBytes } from "./component-bytes.ts";
import { fakeComponent } from "./fake-component.ts";
import { FakeClock, fakeArtifact } from "./fakes.ts";
import type { GpioImports } from "./gpio-fakes.ts";
import { FakeUsb, FakeUsbDevice } from "./usb-fakes.ts";

const controller = "busbar:device/gpio-controller@0.1.0";

interface Options {
  readonly lines?: readonly string[];
  /** Called before anything is done with a line. */
  readonly before?: (what: string) => unknown;
}

/** A bridge's driver whose lines do as they are told, in `notes`. */
function expander({ lines = ["GP0", "GP1"], before }: Options, notes: string[]): LoadedComponent {
  return fakeComponent(
    "./expander.wasm",
    componentBytes(["component:usb/device@0.2.1"], [controller]),
    () => {
      const doing = async (what: string) => {
        notes.push(what);
        await before?.(what);
      };
      return {
        [controller]: {
          open: async () => ({
            info: async () => ({ vendor: "Test", model: "Expander" }),
            lines: async () => lines,
            take: (offset: number) => doing(`take ${offset}`),
            read: async () => "low",
            write: (offset: number, level: string) => doing(`write ${offset} ${level}`),
            release: (offset: number) => doing(`release ${offset}`),
            close: () => doing("close"),
          }),
        },
      };
    },
  );
}

/** A driver that sets its lines when it is read, as often as it can in each of its lives. */
function lamp(name: string, lines: readonly string[], readings = 100): LoadedComponent {
  return fakeArtifact(
    (given) => {
      const board = (given as unknown as GpioImports)["busbar:board/gpio"];
      let left = readings;
      return {
        read: async () => {
          if (left === 0) throw new Error("unreachable");
          left -= 1;
          for (const line of lines) await (await board.openOut(name, line)).setActive();
          return Float64Array.of(1);
        },
      };
    },
    ["busbar:board/gpio@0.1.0", "wasi:gpio/general@0.2.0", "wasi:gpio/digital@0.2.0"],
  );
}

const bridges = { pins: { driver: "expander", usb: { vendorId: "0x04D8", interfaces: [0] } } };
const out = (line: number | string) => ({ chip: "pins", line, direction: "out" }) as const;
const one: BoardFile = {
  bridges,
  devices: { lamp: { driver: "lamp", gpio: { lines: { out: out("GP1") } } } },
};

async function open(file: BoardFile, options: Options = {}) {
  const notes: string[] = [];
  const usb = new FakeUsb();
  const device = new FakeUsbDevice({ vendorId: 0x04d8 });
  usb.plug(device);
  const components: Record<string, LoadedComponent> = {
    expander: expander(options, notes),
    lamp: lamp("lamp", ["out"]),
    other: lamp("other", ["out"]),
    weak: lamp("lamp", ["out"], 1),
  };
  const board = await OpenBoard.open(parseBoard(file), {
    clock: new FakeClock(),
    usb: [usb],
    gpio: [],
    loadComponent: async (specifier) => components[specifier]!,
  });
  return { board, notes, usb, device };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Not a turn of the fake clock, in which the time of a call would be over. */
async function aWhile() {
  for (let count = 0; count < 30; count += 1) await Promise.resolve();
}

describe("a line of a bridge", () => {
  test("is made inactive and given back before the bridge ends", async () => {
    const { board, notes } = await open(one, { before: aWhile });
    const lamp = await board.sensor("lamp");
    await lamp.read();
    await board[Symbol.asyncDispose]();
    expect(notes).toEqual(["take 1", "write 1 high", "write 1 low", "release 1", "close"]);
  });

  test("is nobody else's, whatever that calls it", async () => {
    const { board } = await open({
      bridges,
      devices: { ...one.devices, other: { driver: "other", gpio: { lines: { out: out(1) } } } },
    });
    await using _ = board;
    await using __ = await board.sensor("lamp");
    await expect(board.sensor("other")).rejects.toThrow(
      'other: the line 1 of the bridge "pins" is "GP1", which "lamp" has; remove one of them.',
    );
  });

  test("is not driven by who had it before the bridge was pulled out", async () => {
    const { board, notes, usb, device } = await open(one);
    await using _ = board;
    const lamp = await board.sensor("lamp");
    await lamp.read();
    usb.unplug(device);
    await turn();
    notes.length = 0;
    usb.plug(new FakeUsbDevice({ vendorId: 0x04d8 }));
    await using again = await board.sensor("lamp");
    await again.read();
    expect(notes).toEqual(["take 1", "write 1 high"]);
  });

  test("is given back before the next life of its driver takes it", async () => {
    const slow = (what: string) => (what === "write 1 low" ? turn().then(turn).then(turn) : undefined);
    const { board, notes } = await open(
      { bridges, devices: { lamp: { ...one.devices!.lamp!, driver: "weak" } } },
      { before: slow },
    );
    await using _ = board;
    const lamp = await board.sensor("lamp");
    await lamp.read();
    notes.length = 0;
    await expect(lamp.read()).rejects.toMatchObject({ code: "disconnected" });
    await using again = await board.sensor("lamp");
    await again.read();
    expect(notes).toEqual(["write 1 low", "release 1", "take 1", "write 1 high"]);
  });

  test("that it does not have is told of in a sentence, however many it has", async () => {
    const lines = Array.from({ length: 60_000 }, (_, index) => `${index} `.padEnd(100, "x"));
    const { board } = await open(one, { lines });
    await using _ = board;
    const message = await board.sensor("lamp").catch((error: Error) => error.message);
    expect(message).toContain('lamp: the bridge "pins" has no line "GP1"; its lines are "0 xxx');
    expect(String(message).length).toBeLessThan(2000);
  });
});
