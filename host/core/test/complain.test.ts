import { describe, expect, test } from "vitest";
import { OpenBoard } from "../src/board/open.ts";
import { parseBoard } from "../src/board/parse.ts";
import type { BoardFile, WrittenEntry } from "../src/board/schema.ts";
import { leastEntry } from "../src/grants/least.ts";
import { type DeviceUse, mergeUse } from "../src/grants/use.ts";
import type { BoardEvent } from "../src/trace/trace.ts";
import { FakeBus, FakeClock, fakeArtifact, type Guest, type GuestI2c } from "./fakes.ts";
import { FakeUsbDevice, type GuestHandle, noSetup, on, usbBoard } from "./usb-fakes.ts";

/** Opens a board of one sensor whose driver does `use` when it is read. */
async function i2cBoard(entry: WrittenEntry, use: (bus: GuestI2c) => void, complain?: boolean) {
  const bus = new FakeBus();
  const events: BoardEvent[] = [];
  const guest: Guest = ({ "busbar:board/i2c": { open } }) => {
    const { bus } = open("indoor");
    return {
      read: () => {
        use(bus);
        return Float64Array.of(1);
      },
    };
  };
  const board = await OpenBoard.open(
    parseBoard({ devices: { indoor: entry } }),
    { clock: new FakeClock(), i2c: [bus], loadComponent: async () => fakeArtifact(guest) },
    complain === undefined ? {} : { complain },
  );
  board.listen((event) => events.push(event));
  const read = async () => (await board.sensor("indoor")).read();
  const told = () =>
    events.flatMap((event) =>
      event.kind === "denied" || event.kind === "would-be-denied" ? [[event.kind, event.denied]] : [],
    );
  return { board, bus, read, told };
}

const reader: WrittenEntry = {
  driver: "./fake.wasm",
  i2c: { bus: 1, address: "0x76", direction: "read", maximumLength: 4 },
};

describe("an I2C entry that is not enforced", () => {
  test("what stays within the target reaches the bus, and is told; the least entry covers it, and no less would", async () => {
    const use = (bus: GuestI2c) => {
      bus.write(0x76, Uint8Array.of(0xf7));
      bus.read(0x76, 8n);
    };
    const { board, bus, read, told } = await i2cBoard({ ...reader, enforce: false }, use);
    await read();
    expect(bus.transactions).toHaveLength(2);
    expect(told()).toEqual([
      ["would-be-denied", "direction"],
      ["would-be-denied", "length"],
    ]);

    const least = leastEntry({ ...reader, enforce: false }, board.uses.get("indoor")!);
    expect(least).toEqual({ driver: "./fake.wasm", i2c: { bus: 1, address: "0x76", maximumLength: 8 } });
    const again = await i2cBoard(least, use);
    await again.read();
    expect(again.told()).toEqual([]);
    for (const narrower of [{ direction: "read" as const }, { maximumLength: 7 }]) {
      const refused = await i2cBoard({ ...least, i2c: { ...least.i2c!, ...narrower } }, use);
      await expect(refused.read()).rejects.toThrow();
    }
  });

  test.each([
    ["another address", (bus: GuestI2c) => bus.read(0x77, 1n), "address"],
    ["a read of nothing", (bus: GuestI2c) => bus.read(0x76, 0n), "length"],
    ["more than any entry grants", (bus: GuestI2c) => bus.read(0x76, 8193n), "length"],
  ])("%s is refused all the same, and not recorded", async (_, use, denied) => {
    const { board, bus, read, told } = await i2cBoard({ ...reader, enforce: false }, use);
    await expect(read()).rejects.toThrow();
    expect(bus.transactions).toEqual([]);
    expect(told()).toEqual([["denied", denied]]);
    expect(board.uses.get("indoor")).toEqual({ transactionsPerSecond: 0 });
  });

  test("another name is refused all the same", async () => {
    const { told, read } = await i2cBoard({ ...reader, enforce: false }, () => undefined);
    await read();
    const events: BoardEvent[] = [];
    const board = await OpenBoard.open(parseBoard({ devices: { indoor: { ...reader, enforce: false } } }), {
      clock: new FakeClock(),
      i2c: [new FakeBus()],
      loadComponent: async () =>
        fakeArtifact(({ "busbar:board/i2c": { open } }) => ({
          read: () => Float64Array.of(open("other").address),
        })),
    });
    board.listen((event) => events.push(event));
    await expect((await board.sensor("indoor")).read()).rejects.toThrow();
    expect(events).toContainEqual(expect.objectContaining({ kind: "denied", denied: "name" }));
    expect(told()).toEqual([]);
  });

  test("a rate that is exceeded is told, and the peak is what the least entry has", async () => {
    const entry: WrittenEntry = { ...reader, limits: { transactionsPerSecond: 3 }, enforce: false };
    const { board, bus, read, told } = await i2cBoard(entry, (bus) => {
      for (let count = 0; count < 5; count += 1) bus.read(0x76, 1n);
    });
    await read();
    expect(bus.transactions).toHaveLength(5);
    expect(told()).toEqual([
      ["would-be-denied", "rate"],
      ["would-be-denied", "rate"],
    ]);
    expect(leastEntry(entry, board.uses.get("indoor")!).limits).toEqual({ transactionsPerSecond: 5 });
  });

  test("the whole board, by the option, also after an edit; without it nothing is recorded", async () => {
    const use = (bus: GuestI2c) => bus.write(0x76, Uint8Array.of(1));
    const { board, read, told } = await i2cBoard(reader, use, true);
    await read();
    expect(told()).toEqual([["would-be-denied", "direction"]]);
    await board.update({ devices: { indoor: { ...reader, settings: { filter: 4 } } } });
    await read();
    expect(told()).toHaveLength(2);
    expect(board.uses.get("indoor")?.i2c).toEqual({ reads: false, writes: true, maximumLength: 1 });

    const enforced = await i2cBoard(reader, use);
    await expect(enforced.read()).rejects.toThrow();
    expect(enforced.board.uses.size).toBe(0);
  });
});

/** Lets a guest do something with a device of two interfaces, of which the first is granted. */
async function withUsb(usb: object, use: (handle: GuestHandle, device: FakeUsbDevice) => unknown) {
  const interfaces = [0x81, 0x82].map((endpoint) => ({ class: 0xff, endpoints: [endpoint] }));
  const device = new FakeUsbDevice({ interfaces });
  const entry = { driver: "guest", enforce: false, usb: { vendorId: "0x1209", ...usb } } as WrittenEntry;
  const opened = await usbBoard({ echo: entry } as BoardFile["devices"], (imports) => async (data) => {
    imports["component:usb/device"].init();
    await use(imports["component:usb/device"].listDevices()[0]![0].open(), device);
    return data;
  });
  opened.usb.plug(device);
  await (await opened.board.usbEcho("echo")).roundTrip("bulk", Uint8Array.of(1));
  const { uses } = opened.board;
  await opened.board[Symbol.asyncDispose]();
  const told = opened.events.flatMap((event) =>
    event.kind === "denied" || event.kind === "would-be-denied" ? [[event.kind, event.denied]] : [],
  );
  return { device, told, least: leastEntry(entry, uses.get("echo")!).usb, use: uses.get("echo")! };
}

describe("a USB entry that is not enforced", () => {
  test("long transfers, and more of them at a time, are told and recorded", async () => {
    const { told, least } = await withUsb(
      { interfaces: [0], maximumLength: 16, maximumTransfers: 1 },
      (handle) => {
        handle.claimInterface(0);
        for (const length of [64, 32]) {
          handle.newTransfer("bulk", noSetup, length, on(0x81));
        }
      },
    );
    expect(told).toEqual([
      ["would-be-denied", "length"],
      ["would-be-denied", "length"],
      ["would-be-denied", "transfers"],
    ]);
    expect(least).toEqual({
      vendorId: "0x1209",
      interfaces: [0],
      maximumLength: 64,
      maximumTransfers: 2,
    });
  });

  test("another interface and a reset are refused", async () => {
    const { told } = await withUsb({ interfaces: [0] }, async (handle) => {
      expect(() => handle.claimInterface(1)).toThrow();
      await expect(handle.resetDevice()).rejects.toThrow();
    });
    expect(told).toEqual([
      ["denied", "interface"],
      ["denied", "reset"],
    ]);
  });

  test("what was granted and not used is not in the least entry", async () => {
    const { least } = await withUsb({ interfaces: [0, 1], allow: ["reset", "device-requests"] }, (handle) => {
      handle.claimInterface(0);
      return handle.resetDevice();
    });
    expect(least).toEqual({ vendorId: "0x1209", interfaces: [0], allow: ["reset"] });
  });

  test("of a class, the interfaces are listed where not all of them were used", async () => {
    const some = await withUsb({ class: "0xff" }, (handle) => handle.claimInterface(1));
    expect(some.least).toEqual({ vendorId: "0x1209", class: "0xff", interfaces: [1] });
    const all = await withUsb({ class: "0xff" }, (handle) => {
      for (const number of [0, 1]) handle.claimInterface(number);
    });
    expect(all.least).toEqual({ vendorId: "0x1209", class: "0xff" });
  });

  test("a vendor's request to the device, all of whose interfaces it has, needs device-requests", async () => {
    const setup = { bmRequestType: 0xc0, bRequest: 1, wValue: 0, wIndex: 0 };
    const { told, least } = await withUsb({ class: "0xff" }, (handle) => {
      handle.newTransfer("control", setup, 2, on(0));
    });
    expect(told).toEqual([["would-be-denied", "request"]]);
    expect(least).toMatchObject({ class: "0xff", allow: ["device-requests"], maximumLength: 2 });
    const one = withUsb({ interfaces: [0] }, (handle) => handle.newTransfer("control", setup, 2, on(0)));
    await expect(one).rejects.toThrow();
  });
});

describe("what several runs needed", () => {
  const one: DeviceUse = {
    transactionsPerSecond: 2,
    i2c: { reads: true, writes: false, maximumLength: 8 },
    usb: { interfaces: [1], unused: [0, 2], allow: ["reset"], maximumLength: 1, maximumTransfers: 4 },
  };

  test("is what each of them needed", () => {
    const other: DeviceUse = {
      transactionsPerSecond: 5,
      i2c: { reads: false, writes: true, maximumLength: 2 },
      usb: { interfaces: [0], unused: [1, 2], allow: [], maximumLength: 3, maximumTransfers: 1 },
    };
    expect(mergeUse(one, other)).toEqual({
      transactionsPerSecond: 5,
      i2c: { reads: true, writes: true, maximumLength: 8 },
      usb: { interfaces: [0, 1], unused: [2], allow: ["reset"], maximumLength: 3, maximumTransfers: 4 },
    });
  });

  test("a run that did nothing changes nothing, and leaves an entry as it was", () => {
    const nothing: DeviceUse = { transactionsPerSecond: 0 };
    expect(mergeUse(one, nothing)).toEqual(one);
    expect(leastEntry({ ...reader, enforce: false }, nothing)).toEqual(reader);
  });
});
