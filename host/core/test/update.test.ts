import { describe, expect, test } from "vitest";
import { planChange } from "../src/board/change.ts";
import { OpenBoard } from "../src/board/open.ts";
import { parseBoard } from "../src/board/parse.ts";
import type { BoardFile } from "../src/board/schema.ts";
import { FakeClock, fakeBoard, type Guest } from "./fakes.ts";
import { FakeUsb, FakeUsbDevice, type UsbGuest, usbArtifact, usbBoard } from "./usb-fakes.ts";

const device = (address: string, more: object = {}) => ({
  driver: "guest",
  i2c: { bus: 1, address },
  ...more,
});

const file: BoardFile = {
  devices: { indoor: device("0x76"), attic: device("0x77"), panel: { i2c: { bus: 1, address: "0x27" } } },
  simulate: [{ i2c: "sim", address: "0x76", model: "registers" }],
  apps: { station: { component: "station", uses: ["indoor", "panel"] } },
};

const plan = (edited: BoardFile) => planChange(parseBoard(file), parseBoard(edited));

const names = ({ replaced, added, removed, later }: ReturnType<typeof plan>) => ({
  replaced,
  added,
  removed,
  later,
});
const nothing = { replaced: [], added: [], removed: [], later: [] };

describe("what an edit means for an open board", () => {
  test("the same content, written in another way, is no change", () => {
    const edited = { ...file, devices: { ...file.devices, indoor: device("0x76", { settings: {} }) } };
    expect(names(plan(edited))).toEqual(nothing);
  });

  test("devices are replaced, added and removed", () => {
    const { attic: _, ...others } = file.devices;
    const devices = { ...others, indoor: device("0x76", { limits: { callMs: 5 } }), shed: device("0x40") };
    const change = plan({ ...file, devices });
    expect(names(change)).toEqual({
      replaced: ["indoor"],
      added: ["shed"],
      removed: ["attic"],
      later: [],
    });
    expect(Object.keys(change.board.devices)).toEqual(["indoor", "panel", "shed"]);
  });

  test.each<[string, BoardFile, string[]]>([
    [
      "an app's entry",
      { ...file, apps: { station: { component: "other", uses: ["indoor", "panel"] } } },
      ["apps.station"],
    ],
    ["a new app", { ...file, apps: { ...file.apps, second: { component: "b", uses: [] } } }, ["apps.second"]],
    [
      "a device that an app drives itself",
      { ...file, devices: { ...file.devices, panel: { i2c: { bus: 1, address: "0x26" } } } },
      ["devices.panel"],
    ],
    ["the simulator", { ...file, simulate: [] }, ["simulate"]],
    [
      "a device that a running app uses",
      {
        ...file,
        devices: { attic: file.devices.attic!, panel: file.devices.panel! },
        apps: { station: { component: "station", uses: ["panel"] } },
      },
      ["devices.indoor", "apps.station"],
    ],
  ])("%s waits, and the board stays as it is", (_, edited, later) => {
    const change = plan(edited);
    expect(names(change)).toEqual({ ...nothing, later });
    expect(change.board).toEqual({ ...parseBoard(file), devices: expect.any(Object) });
    expect(new Set(Object.entries(change.board.devices))).toEqual(
      new Set(Object.entries(parseBoard(file).devices)),
    );
  });

  test("what is new must not be in the way of what has to wait", () => {
    const devices = { ...file.devices, attic: device("0x27"), panel: { i2c: { bus: 1, address: "0x26" } } };
    expect(() => plan({ ...file, devices })).toThrow("are both wired to bus 1 at 0x27");
  });
});

describe("an edited board", () => {
  const two = { devices: { first: device("0x76"), second: device("0x77") } };
  const telling: Guest = (imports) => {
    const { bus, address } = imports["busbar:board/i2c"].open("first");
    return { read: () => Float64Array.of(bus.read(address, 1n)[0] ?? address) };
  };
  const steady: Guest = () => ({ read: () => Float64Array.of(21) });

  test("two devices can change places", async () => {
    const { board, bus } = await fakeBoard(two, { guest: telling });
    const sensor = await board.sensor("first");
    await sensor.read();
    await board.update({ devices: { first: device("0x77"), second: device("0x76") } });
    await expect(sensor.read()).rejects.toMatchObject({ code: "disconnected" });
    await (await board.sensor("first")).read();
    expect(bus.transactions.map(({ address }) => address)).toEqual([0x76, 0x77]);
  });

  test("a new driver starts when the one before it has closed its device, and not earlier", async () => {
    const told: string[] = [];
    const opening: Promise<unknown>[] = [];
    const old: Guest = () => ({
      read: () => Float64Array.of(1),
      close: () => {
        opening.push(board.sensor("first"));
        return new Promise((resolve) => setImmediate(resolve)).then(() => told.push("old closed"));
      },
    });
    const next: Guest = () => {
      told.push("next starts");
      return { read: () => Float64Array.of(2) };
    };
    const { board } = await fakeBoard(two, { guest: old, other: next });
    await board.sensor("first");
    await board.update({ devices: { ...two.devices, first: { ...device("0x76"), driver: "other" } } });
    await Promise.all(opening);
    expect(told).toEqual(["old closed", "next starts"]);
  });

  test("devices come and go, in the order of the file", async () => {
    const { board } = await fakeBoard(two, { guest: steady });
    const second = await board.sensor("second");
    const change = await board.update({ devices: { third: device("0x40"), first: two.devices.first } });
    expect(change).toMatchObject({ replaced: [], added: ["third"], removed: ["second"], later: [] });
    expect(board.devices.map(({ name }) => name)).toEqual(["third", "first"]);
    await expect(second.read()).rejects.toThrow("second: its entry of the board was removed");
    await expect(board.sensor("second")).rejects.toThrow('the board has no device "second"');
    expect(await (await board.sensor("third")).read()).toEqual({ temperature: 21 });
  });

  test.each<[string, BoardFile, string]>([
    ["a contradiction", { devices: { first: device("0x76"), second: device("0x76") } }, "are both wired"],
    [
      "a driver that asks for more than it is granted",
      { devices: { first: device("0x40"), second: { driver: "guest" } } },
      'add "i2c"',
    ],
  ])("with %s changes nothing", async (_, edited, message) => {
    const { board } = await fakeBoard(two, { guest: steady });
    const sensor = await board.sensor("first");
    await expect(board.update(edited)).rejects.toThrow(message);
    await expect(sensor.read()).resolves.toEqual({ temperature: 21 });
    expect(board.board.devices.first?.i2c?.address).toBe(0x76);
  });

  test("changes come one after the other, each on top of the one before", async () => {
    const { board } = await fakeBoard(two, { guest: steady });
    await Promise.all([board.replace("first", device("0x40")), board.replace("second", device("0x41"))]);
    const { first, second } = board.board.devices;
    expect([first?.i2c?.address, second?.i2c?.address]).toEqual([0x40, 0x41]);
  });
});

describe("a replaced USB entry", () => {
  const entry = (usb: object): BoardFile["devices"][string] => ({ driver: "guest", usb });
  const echoing: UsbGuest = (imports) => {
    const [[found] = []] = imports["component:usb/device"].listDevices();
    found!.open().claimInterface(0);
    return async (data) => data;
  };

  test("gets the interface when the driver before has given it back", async () => {
    const usb = { vendorId: "0x1209", interfaces: [0] };
    const { board, usb: bus } = await usbBoard({ echo: entry(usb) }, echoing);
    const plugged = new FakeUsbDevice();
    bus.plug(plugged);
    const echo = await board.usbEcho("echo");
    const opening: ReturnType<typeof board.usbEcho>[] = [];
    const listening = board.listen((event) => {
      if (event.kind === "lifecycle" && event.event === "stopped") opening.push(board.usbEcho("echo"));
    });
    await board.replace("echo", entry({ ...usb, maximumLength: 64 }));
    listening[Symbol.dispose]();
    const again = await opening[0]!;
    await expect(echo.roundTrip("bulk", Uint8Array.of(1))).rejects.toThrow(
      "its entry of the board was replaced",
    );
    expect(await again.roundTrip("bulk", Uint8Array.of(5))).toEqual(Uint8Array.of(5));
    expect(plugged.calls).toEqual(["claim 0", "release 0", "claim 0"]);
    expect(plugged.opened).toBe(1);
    await board[Symbol.asyncDispose]();
    expect(plugged.opened).toBe(0);
  });

  test("goes to another device, and leaves its own to whoever waits for it", async () => {
    const { board, usb } = await usbBoard(
      {
        echo: entry({ vendorId: "0x1209", port: "1-1", interfaces: [0] }),
        later: entry({ vendorId: "0x1209", interfaces: [0] }),
      },
      echoing,
    );
    const left = new FakeUsbDevice({ port: "1-1" });
    const right = new FakeUsbDevice({ port: "1-2", vendorId: 0x2341 });
    usb.plug(left);
    usb.plug(right);
    await board.usbEcho("echo");
    const waiting = board.usbEcho("later");
    await board.replace("echo", entry({ vendorId: "0x2341", interfaces: [0] }));
    await board.usbEcho("echo");
    await waiting;
    expect([left.opened, right.opened]).toEqual([1, 1]);
    await board[Symbol.asyncDispose]();
  });

  test("is looked for where nobody has looked before", async () => {
    const [first, second] = [new FakeUsb(), new FakeUsb()];
    first.plug(new FakeUsbDevice());
    second.plug(new FakeUsbDevice({ vendorId: 0x2341 }));
    const devices = { echo: entry({ vendorId: "0x1209", interfaces: [0] }) };
    await using board = await OpenBoard.open(parseBoard({ devices }), {
      clock: new FakeClock(),
      i2c: [],
      usb: [first, second],
      loadComponent: async () => usbArtifact(echoing),
    });
    await board.usbEcho("echo");
    expect([first.asked, second.asked]).toEqual([1, 0]);
    await board.replace("echo", entry({ vendorId: "0x2341", interfaces: [0] }));
    await board.usbEcho("echo");
    expect([first.asked, second.asked]).toEqual([1, 1]);
  });
});
