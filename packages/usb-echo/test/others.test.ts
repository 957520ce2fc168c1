/** Apps that drive a USB device themselves, and components of others over component:usb alone, under the board's grants. */

import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { componentize, composeComponents } from "@busbar/build";
import { type BoardEvent, type BoardFile, readComponent } from "@busbar/host";
import { nodeClock, openBoard } from "@busbar/host-node";
import { SimulatedUsb } from "@busbar/sim";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { UsbEcho } from "../src/model.ts";

/** MicroQuickJS has no room for transfers of a megabyte. */
const engines = ["quickjs", "starlingmonkey"] as const;
type Engine = (typeof engines)[number];

const fixtures = join(import.meta.dirname, "fixtures");
/** A StarlingMonkey component is 12 MB, and the machine may be busy. */
const slow = 180_000;

const wired = { usb: { vendorId: "0x1209", serialNumber: "1", interfaces: [0] } };

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "busbar-usb-others-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function built(fixture: string, world: string, entry: string, engine: Engine) {
  const packageFolder = join(fixtures, fixture);
  const { component } = await componentize({
    folder: packageFolder,
    entry: join(packageFolder, "src", entry),
    world,
    engine,
  });
  const file = join(folder, `${world}-${engine}.wasm`);
  await writeFile(file, component);
  return { file, component, imports: readComponent(component, world).imports.map(({ name }) => name) };
}

/** A board with two simulated echoes, of which the entry `loop` is wired to one. */
async function boardWith(file: BoardFile) {
  const usb = new SimulatedUsb(nodeClock);
  usb.plug("1-1", new UsbEcho(), { kernelInterfaces: [0] });
  usb.plug("1-2", new UsbEcho({ serialNumber: "2" }));
  const events: BoardEvent[] = [];
  const board = await openBoard(file, {
    usb: [usb],
    i2c: [],
    onEvent: (event) => events.push(event),
  });
  return { board, usb, events };
}

/** What an app printed. */
function printer() {
  const chunks: Uint8Array[] = [];
  const output = (bytes: Uint8Array) => void chunks.push(bytes);
  return { output, text: () => Buffer.concat(chunks).toString() };
}

describe.each(engines)("components of others over component:usb, on %s", (engine) => {
  let library: Awaited<ReturnType<typeof built>>;
  let program: Awaited<ReturnType<typeof built>>;

  beforeAll(async () => {
    library = await built("others", "library", "library.js", engine);
    program = await built("others", "program", "program.js", engine);
  }, slow);

  test(
    "import that and nothing else",
    () => {
      for (const { imports } of [library, program]) {
        expect(imports.filter((name) => !name.startsWith("component:usb/"))).toEqual([]);
        expect(imports).toContain("component:usb/device@0.2.1");
      }
    },
    slow,
  );

  test(
    "a library is a device's driver, whose functions a program calls",
    async () => {
      const { board, events } = await boardWith({ devices: { loop: { driver: library.file, ...wired } } });
      await using _ = board;
      const { exports } = await board.component<{
        loopback: { roundTrip(data: Uint8Array): Uint8Array };
      }>("loop");
      expect(await exports.loopback.roundTrip(Uint8Array.of(1, 2, 3))).toEqual(Uint8Array.of(1, 2, 3));
      await expect(exports.loopback.roundTrip(new Uint8Array(2 ** 20 + 1))).rejects.toMatchObject({
        name: "ReturnedError",
        payload: "access",
      });
      expect(events.filter(({ kind }) => kind === "denied")).toMatchObject([
        { device: "loop", denied: "length" },
      ]);
    },
    slow,
  );

  test(
    "a program is an app, and sees the devices that it uses",
    async () => {
      const { board, events, usb } = await boardWith({
        devices: { loop: wired },
        apps: { check: { component: program.file, uses: ["loop"] } },
      });
      await using _ = board;
      await board.run("check", { output: () => {} });
      const transfers = events.filter((event) => event.kind === "usb");
      expect(new Set(transfers.map(({ device }) => device))).toEqual(new Set(["loop"]));
      expect(transfers.map(({ request }) => request.endpoint).sort()).toEqual([0x01, 0x81]);
      usb.unplug("1-1");
      await expect(board.run("check", { output: () => {} })).rejects.toThrow(
        "check: it ended with an error.",
      );
    },
    slow,
  );

  test(
    "neither starts without a grant",
    async () => {
      await expect(boardWith({ devices: { loop: { driver: library.file } } })).rejects.toThrow(
        'which the board does not grant; add "usb"',
      );
      await expect(boardWith({ devices: {}, apps: { check: { component: program.file } } })).rejects.toThrow(
        'add "uses" with a device that has "usb" and no "driver" to "apps.check".',
      );
    },
    slow,
  );
});

test(
  "an app composed with its USB driver runs, gives the device back, and hears when it is not there",
  async () => {
    const app = await built("app", "echo-app", "app.js", "quickjs");
    const driver = new Uint8Array(await readFile(join(import.meta.dirname, "../dist/usb-echo.wasm")));
    const composed = await composeComponents({ name: "app", bytes: app.component }, [
      { name: "usb-echo", bytes: driver },
    ]);
    const { imports } = readComponent(composed, "composed");
    expect(imports.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["busbar:board/settings@0.1.0", "component:usb/device@0.2.1"]),
    );
    expect(imports.map(({ name }) => name)).not.toContain("busbar:device/usb-echo@0.1.0");
    const file = join(folder, "composed.wasm");
    await writeFile(file, composed);
    const { board, usb, events } = await boardWith({
      devices: { loop: wired },
      apps: { echo: { component: file, uses: ["loop"] } },
    });
    await using _ = board;
    const first = printer();
    await board.run("echo", first);
    expect(first.text()).toBe("echo: 1 2 3\n");
    expect(events.filter(({ kind }) => kind === "denied")).toEqual([]);
    usb.unplug("1-1");
    const second = printer();
    await board.run("echo", second);
    expect(second.text()).toMatch(/^not-found: The USB device of "loop" is not plugged in/);
    usb.plug("1-1", new UsbEcho());
    const third = printer();
    await board.run("echo", third);
    expect(third.text()).toBe(first.text());
  },
  slow,
);
