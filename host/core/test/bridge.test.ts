import { describe, expect, test, vi } from "vitest";
import type { BoardEvent } from "../src/board/event.ts";
import { OpenBoard } from "../src/board/open.ts";
import { parseBoard } from "../src/board/parse.ts";
import type { BoardFile } from "../src/board/schema.ts";
import { I2cError } from "../src/bus/i2c/error.ts";
import { UsbSlot } from "../src/bus/usb/hub.ts";
import type { LoadedComponent } from "../src/component/artifact.ts";
import { HostError } from "../src/error.ts";
import { componentBytes } from "./component-bytes.ts";
import { fakeComponent } from "./fake-component.ts";
import { ComponentError, FakeBus, FakeClock, fakeArtifact, type GuestImports } from "./fakes.ts";
import { FakeUsb, FakeUsbDevice } from "./usb-fakes.ts";

const controller = "busbar:device/i2c-controller@0.1.0";

type WitOperation =
  | { readonly tag: "read"; readonly val: bigint }
  | { readonly tag: "write"; readonly val: Uint8Array };

/** What a fake bridge does with a transaction. */
type Transact = (bus: number, address: number, operations: readonly WitOperation[]) => unknown;

/** A bridge's driver that notes what it is asked, in `seen`. */
function bridge(
  imports: readonly string[],
  buses: number,
  make: (imports: GuestImports, name: string) => Transact,
  notes: string[],
): LoadedComponent {
  return fakeComponent("./bridge.wasm", componentBytes(imports, [controller]), (given) => ({
    [controller]: {
      open: async (name: string) => {
        notes.push(`${name} opened`);
        const transact = make(given as unknown as GuestImports, name);
        return {
          info: async () => ({ vendor: "Test", model: "Bridge" }),
          buses: async () => buses,
          transaction: async (bus: number, address: number, operations: readonly WitOperation[]) =>
            transact(bus, address, operations),
          close: async () => void notes.push(`${name} closed`),
        };
      },
    },
  }));
}

/** As a driver of ours does it: what its bus throws becomes its own error. */
function asError<Parameters extends unknown[], Result>(
  payloadOf: (error: I2cError) => unknown,
  body: (...parameters: Parameters) => Promise<Result>,
) {
  return (...parameters: Parameters) =>
    body(...parameters).catch((error: unknown): never => {
      throw error instanceof I2cError ? new ComponentError(payloadOf(error)) : error;
    });
}

/** A sensor's driver, of the entry of a name. */
function sensor(name: string): LoadedComponent {
  return fakeArtifact((imports) => {
    const { bus, address } = imports["busbar:board/i2c"].open(name);
    const fault = () => ({ tag: "bus", val: { kind: "other", message: "reading" } });
    const read = async () => Float64Array.of((await bus.writeRead(address, Uint8Array.of(0), 1n))[0]!);
    return {
      read: asError(fault, read),
      // As a driver of ours: closing fails never.
      close: async () =>
        void (await Promise.resolve(bus.write(address, Uint8Array.of(1))).catch(() => undefined)),
    };
  });
}

const usbImports = ["component:usb/device@0.2.1"];
const i2cImports = ["busbar:board/i2c@0.1.0", "wasi:i2c/i2c@0.2.0-draft"];

const dongle = { driver: "dongle", usb: { vendorId: "0x04D8", interfaces: [0] } };
const multiplexer = { driver: "multiplexer", i2c: { bus: "dongle", address: ["0x70", "0x76"] } };

/** A sensor behind a multiplexer behind an adapter on USB. */
const deep: BoardFile = {
  bridges: { mux: multiplexer, dongle },
  devices: { indoor: { driver: "sensor", i2c: { bus: "mux:3", address: "0x76" }, limits: { callMs: 1000 } } },
};

interface Options {
  readonly plugged?: boolean;
  readonly transact?: Transact;
  /** Components that are not found. */
  readonly missing?: ReadonlySet<string>;
}

async function open(file: BoardFile, options: Options = {}) {
  const notes: string[] = [];
  const events: BoardEvent[] = [];
  const usb = new FakeUsb();
  const device = new FakeUsbDevice({ vendorId: 0x04d8 });
  if (options.plugged !== false) usb.plug(device);
  const bus = new FakeBus();
  const reads = (operations: readonly WitOperation[]) =>
    operations.flatMap(({ tag, val }) => (tag === "read" ? [new Uint8Array(Number(val)).fill(7)] : []));
  const adapter: Transact = (number, address, operations) => {
    notes.push(`dongle:${number} ${address.toString(16)} ${operations.map(({ tag }) => tag).join(" ")}`);
    return options.transact?.(number, address, operations) ?? reads(operations);
  };
  const components: Record<string, LoadedComponent> = {
    dongle: bridge(usbImports, 1, () => adapter, notes),
    multiplexer: bridge(
      i2cImports,
      8,
      (imports, name) => {
        const { bus: upstream, address: own } = imports["busbar:board/i2c"].open(name);
        return asError(
          ({ message, payload }) => ({ code: payload, message }),
          async (number, address, operations) => {
            await upstream.write(own, Uint8Array.of(1 << number));
            return upstream.transaction(address, [...operations]);
          },
        );
      },
      notes,
    ),
    sensor: sensor("indoor"),
    outdoor: sensor("outdoor"),
  };
  const platform = {
    clock: new FakeClock(),
    i2c: [bus],
    usb: [usb],
    loadComponent: async (specifier: string) => {
      if (options.missing?.has(specifier)) throw new HostError("component", `${specifier} is not there.`);
      return components[specifier]!;
    },
  };
  const board = await OpenBoard.open(parseBoard(file), platform, { tolerant: options.missing !== undefined });
  board.listen((event) => events.push(event));
  return { board, notes, events, usb, device, bus, components };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe("a device behind bridges", () => {
  test("is read through them, each of its transactions as one", async () => {
    const { board, notes, bus } = await open(deep);
    await using _ = board;
    await using indoor = await board.sensor("indoor");
    notes.length = 0;
    expect((await indoor.read()).temperature).toBe(7);
    expect(notes).toEqual(["dongle:0 70 write", "dongle:0 76 write read"]);
    expect(bus.transactions).toEqual([]);
  });

  test("is traced on each bus by the name that the board has for it", async () => {
    const { board, events } = await open(deep);
    await using _ = board;
    await using indoor = await board.sensor("indoor");
    events.length = 0;
    await indoor.read();
    const told = events.map((event) => event.kind === "i2c" && [event.device, event.bus, event.address]);
    expect(told).toEqual([
      ["mux", "dongle", 0x70],
      ["mux", "dongle", 0x76],
      ["indoor", "mux:3", 0x76],
    ]);
  });

  test("starts its bridges when it is opened, and not before", async () => {
    const { board, notes } = await open(deep);
    await using _ = board;
    expect(notes).toEqual([]);
    await using __ = await board.sensor("indoor");
    expect(notes.filter((note) => note.endsWith("opened"))).toEqual(["dongle opened", "mux opened"]);
  });

  test("leaves its part asleep before the bridges end", async () => {
    const { board, notes } = await open(deep);
    await board.sensor("indoor");
    notes.length = 0;
    await board[Symbol.asyncDispose]();
    expect(notes).toEqual(["dongle:0 70 write", "dongle:0 76 write", "mux closed", "dongle closed"]);
  });

  test("gets no more of the bus than its entry grants, whatever the bridge can reach", async () => {
    const { board, notes, events } = await open({
      bridges: { dongle },
      devices: { indoor: { driver: "sensor", i2c: { bus: "dongle", address: "0x76", direction: "write" } } },
    });
    await using _ = board;
    await using indoor = await board.sensor("indoor");
    await expect(indoor.read()).rejects.toThrow();
    expect(notes.filter((note) => note.includes("76"))).toEqual([]);
    expect(events.filter(({ kind }) => kind === "denied")).toMatchObject([
      { device: "indoor", denied: "direction" },
    ]);
  });

  test("is refused what the bridge itself is not granted", async () => {
    const { board, events } = await open({
      ...deep,
      bridges: { dongle, mux: { ...multiplexer, i2c: { bus: "dongle", address: "0x70" } } },
    });
    await using _ = board;
    await using indoor = await board.sensor("indoor");
    await expect(indoor.read()).rejects.toThrow();
    expect(events.filter(({ kind }) => kind === "denied")).toMatchObject([
      { device: "mux", denied: "address" },
    ]);
  });

  test("waits for what the nearest bridge waits for, says so, and goes on when it comes", async () => {
    const { board, events, usb, device } = await open(deep, { plugged: false });
    await using _ = board;
    const opening = board.sensor("indoor");
    await turn();
    expect(events).toMatchObject([
      {
        kind: "lifecycle",
        event: "waiting",
        device: "indoor",
        reason:
          'the bridge "mux" is not there: no USB device that is plugged in matches; plug it in, or correct the entry',
      },
      { kind: "lifecycle", event: "waiting", device: "mux" },
      { kind: "lifecycle", event: "waiting", device: "dongle" },
    ]);
    usb.plug(device);
    await using indoor = await opening;
    expect((await indoor.read()).temperature).toBe(7);
  });

  test("is disconnected when the adapter is pulled out, and back when that is", async () => {
    const { board, events, usb, device } = await open(deep);
    await using _ = board;
    const indoor = await board.sensor("indoor");
    usb.unplug(device);
    await turn();
    await expect(indoor.read()).rejects.toMatchObject({ code: "disconnected" });
    const stopped = events.flatMap((event) =>
      event.kind === "lifecycle" && event.event === "stopped" ? [event.device] : [],
    );
    expect(stopped.sort()).toEqual(["dongle", "indoor", "mux"]);
    const again = board.sensor("indoor");
    usb.plug(new FakeUsbDevice({ vendorId: 0x04d8 }));
    await using back = await again;
    expect((await back.read()).temperature).toBe(7);
  });

  test("gets the bus's own error where the bridge has one, and goes on", async () => {
    let fails = true;
    const { board, events } = await open(deep, {
      transact: (_, address) => {
        if (!fails || address !== 0x76) return undefined;
        throw new ComponentError({
          code: { tag: "no-acknowledge", val: "address" },
          message: "Nobody is there.",
        });
      },
    });
    await using _ = board;
    await using indoor = await board.sensor("indoor");
    events.length = 0;
    await expect(indoor.read()).rejects.toThrow();
    const code = { tag: "no-acknowledge", val: "address" };
    expect(events).toMatchObject([
      { device: "mux", results: [] },
      { device: "mux", error: { code, message: "dongle: Nobody is there." } },
      { device: "indoor", error: { code, message: "mux: dongle: Nobody is there." } },
    ]);
    fails = false;
  });

  test("cannot get other bytes than it asked for", async () => {
    const { board, events } = await open(deep, { transact: () => [Uint8Array.of(1, 2, 3)] });
    await using _ = board;
    await using indoor = await board.sensor("indoor");
    events.length = 0;
    await expect(indoor.read()).rejects.toThrow();
    const message = expect.stringContaining("dongle: the driver gave other bytes than were asked for");
    expect(events).toMatchObject([
      { device: "mux", error: { code: { tag: "other" }, message } },
      { device: "indoor", error: { code: { tag: "other" }, message } },
    ]);
  });

  test("a trap of a bridge ends no driver behind it", async () => {
    let traps = true;
    const { board, events } = await open(deep, {
      transact: (_, address) => {
        if (!traps || address !== 0x76) return undefined;
        traps = false;
        throw new Error("unreachable");
      },
    });
    await using _ = board;
    await using indoor = await board.sensor("indoor");
    await expect(indoor.read()).rejects.toThrow();
    expect(events.filter((event) => event.kind === "lifecycle" && event.event === "trapped")).toMatchObject([
      { device: "dongle" },
    ]);
    expect((await indoor.read()).temperature).toBe(7);
  });
});

describe("two multiplexers on one bus", () => {
  const other = { driver: "multiplexer", i2c: { bus: "dongle", address: ["0x71", "0x76"] } };
  const two: BoardFile = {
    bridges: { dongle, mux: multiplexer, other },
    devices: {
      indoor: { driver: "sensor", i2c: { bus: "mux:3", address: "0x76" } },
      outdoor: { driver: "outdoor", i2c: { bus: "other:3", address: "0x76" } },
    },
  };

  test("what one does for a transaction is never between what the other does", async () => {
    const { board, notes } = await open(two);
    await using _ = board;
    await using indoor = await board.sensor("indoor");
    await using outdoor = await board.sensor("outdoor");
    notes.length = 0;
    await Promise.all([indoor.read(), outdoor.read()]);
    expect(notes).toEqual([
      "dongle:0 70 write",
      "dongle:0 76 write read",
      "dongle:0 71 write",
      "dongle:0 76 write read",
    ]);
  });
});

describe("a transaction that waits for a bridge", () => {
  test("is never run when its device was taken away meanwhile", async () => {
    const held = Promise.withResolvers<void>();
    let holds = false;
    const { board, notes } = await open(
      {
        bridges: { dongle },
        devices: {
          indoor: { driver: "sensor", i2c: { bus: "dongle", address: "0x76" } },
          outdoor: { driver: "outdoor", i2c: { bus: "dongle", address: "0x77" } },
        },
      },
      {
        transact: (_, address, operations) =>
          holds && address === 0x77
            ? held.promise.then(() => operations.slice(1).map(() => Uint8Array.of(1)))
            : undefined,
      },
    );
    await using _ = board;
    const indoor = await board.sensor("indoor");
    const outdoor = await board.sensor("outdoor");
    holds = true;
    notes.length = 0;
    const first = outdoor.read();
    const second = indoor.read();
    // Not a turn of the fake clock, in which the time of a call would be over.
    while (notes.length === 0) await Promise.resolve();
    const { indoor: gone, ...devices } = board.board.devices as NonNullable<BoardFile["devices"]>;
    await Promise.all([
      board.update({ bridges: { dongle }, devices }),
      expect(second).rejects.toMatchObject({ code: "disconnected" }),
    ]);
    holds = false;
    held.resolve();
    await first;
    await outdoor[Symbol.asyncDispose]();
    expect(notes).toEqual(["dongle:0 77 write read", "dongle:0 77 write"]);
  });
});

describe("a bridge that does not answer", () => {
  test("ends who waits for it longer than its limit, and the next transaction comes after that", async () => {
    const held = Promise.withResolvers<undefined>();
    let isHeld = true;
    const mux = { ...multiplexer, limits: { callMs: 500 } };
    const { board, events, notes } = await open(
      { ...deep, bridges: { mux, dongle } },
      {
        transact: (_, address, operations) =>
          isHeld && address === 0x76
            ? held.promise.then(() => [new Uint8Array(operations.length - 1)])
            : undefined,
      },
    );
    await using _ = board;
    await using indoor = await board.sensor("indoor");
    await expect(indoor.read()).rejects.toThrow("reading");
    const ends = events.flatMap((event) =>
      event.kind === "lifecycle" && event.event === "trapped" ? [[event.device, event.reason]] : [],
    );
    expect(ends).toEqual([["mux", "the driver took longer than its limit of 500 ms"]]);
    isHeld = false;
    notes.length = 0;
    held.resolve(undefined);
    expect((await indoor.read()).temperature).toBe(7);
    expect(notes).toEqual(["mux opened", "dongle:0 70 write", "dongle:0 76 write read"]);
  });

  test("keeps no board from closing", async () => {
    const { board } = await open(deep, { transact: () => new Promise(() => undefined) });
    const opening = board.sensor("indoor");
    const reading = opening.then((indoor) => indoor.read());
    reading.catch(() => undefined);
    await turn();
    await board[Symbol.asyncDispose]();
    await expect(reading).rejects.toMatchObject({ code: "disconnected" });
  });

  test("keeps no board from closing when it is not plugged in, and nothing of what waited starts later", async () => {
    const { board, notes, usb, device } = await open(deep, { plugged: false });
    const opening = board.sensor("indoor");
    opening.catch(() => undefined);
    await turn();
    await board[Symbol.asyncDispose]();
    await expect(opening).rejects.toMatchObject({ code: "disconnected" });
    usb.plug(device);
    await turn();
    expect(notes).toEqual([]);
  });

  test("and is pulled out ends what waits for it", async () => {
    const { board, usb, device } = await open(deep, {
      transact: (_, address) => (address === 0x76 ? new Promise(() => undefined) : undefined),
    });
    await using _ = board;
    const indoor = await board.sensor("indoor");
    const reading = indoor.read();
    for (let count = 0; count < 100; count += 1) await Promise.resolve();
    usb.unplug(device);
    await expect(reading).rejects.toMatchObject({ code: "disconnected" });
  });
});

describe("a bus that a bridge does not have", () => {
  test.each([
    ["mux", 'the bridge "mux" has 8 buses; write "mux:0" to "mux:7".'],
    ["mux:8", 'the bridge "mux" has 8 buses; write "mux:0" to "mux:7".'],
    ["dongle:0", 'the bridge "dongle" has one bus; write "dongle".'],
    ["mux:03", 'indoor: there is no I2C bus "mux:03"'],
    ["nobody", 'indoor: there is no I2C bus "nobody" (asked bridges and fake)'],
  ])("%s", async (bus, message) => {
    const { board, bus: others } = await open({
      ...deep,
      devices: { indoor: { driver: "sensor", i2c: { bus, address: "0x76" } } },
    });
    others.openI2c = () => undefined;
    await using _ = board;
    await expect(board.sensor("indoor")).rejects.toThrow(message);
  });
});

describe("a board whose bridges contradict", () => {
  test.each<[string, Partial<BoardFile>, string]>([
    [
      "a name twice",
      { devices: { dongle: { driver: "x" } } },
      '"bridges.dongle" and "devices.dongle" have the same name; rename one of them.',
    ],
    [
      "no driver",
      { bridges: { dongle: { usb: dongle.usb } } },
      '"bridges.dongle.driver" is missing; a bridge is what its driver exports.',
    ],
    [
      "a simulated bus of its name",
      { simulate: [{ i2c: "mux:3", address: "0x76", model: "registers" }] },
      '"simulate[0].i2c" has the name of "bridges.mux"; rename the simulated bus.',
    ],
    [
      "a bridge behind itself",
      {
        bridges: {
          a: { driver: "x", i2c: { bus: "b:1", address: "0x70" } },
          b: { driver: "x", i2c: { bus: "a:2", address: "0x71" } },
        },
      },
      '"bridges.a" is wired to a bus behind itself; wire it to another one.',
    ],
    [
      "a device on a target that a multiplexer passes on",
      { devices: { indoor: { driver: "x", i2c: { bus: "dongle", address: "0x76" } } } },
      '"bridges.mux" and "devices.indoor" are both wired to bus dongle at 0x76; remove one of them.',
    ],
    [
      "two bridges at one address",
      { bridges: { dongle, mux: multiplexer, other: multiplexer } },
      '"bridges.mux" and "bridges.other" are both wired to bus dongle at 0x70; remove one of them.',
    ],
    [
      "too many bridges in a row",
      {
        bridges: Object.fromEntries(
          Array.from({ length: 9 }, (_, index) => [
            `m${index}`,
            { driver: "x", i2c: { bus: index === 0 ? 1 : `m${index - 1}:0`, address: "0x70" } },
          ]),
        ),
      },
      '"bridges.m8" is behind 8 other bridges or more; wire it to a bus that is nearer.',
    ],
  ])("%s", (_, part, message) => {
    expect(() => parseBoard({ ...deep, ...part })).toThrow(message);
  });

  test("two multiplexers may pass on one address", () => {
    const other = { driver: "multiplexer", i2c: { bus: "dongle", address: ["0x71", "0x76"] } };
    expect(() => parseBoard({ ...deep, bridges: { dongle, mux: multiplexer, other } })).not.toThrow();
  });
});

describe("what stands in the wrong list", () => {
  test("a driver that exports a bus, among the devices", async () => {
    const { mux, ...bridges } = deep.bridges!;
    const devices = { mux: { ...mux!, i2c: { bus: 1, address: "0x70" } } };
    await expect(open({ bridges, devices })).rejects.toThrow(
      'mux: ./bridge.wasm exports a bus; move "devices.mux" to "bridges", and wire other entries to it by its name.',
    );
  });

  test("a driver that exports none, among the bridges", async () => {
    const bridges = { dongle: { driver: "sensor", i2c: { bus: 1, address: "0x70" } } };
    await expect(open({ bridges, devices: {} })).rejects.toThrow(
      "dongle: ./fake.wasm is no bridge: it exports busbar:device/sensor@0.1.0, but none of busbar:device/i2c-controller@0.1.0, busbar:device/spi-controller@0.1.0, busbar:device/gpio-controller@0.1.0.",
    );
  });

  test("a bridge is no device that can be asked for", async () => {
    const { board } = await open(deep);
    await using _ = board;
    await expect(board.sensor("dongle")).rejects.toThrow(
      '"dongle" is no sensor: ./bridge.wasm exports buses; use a device that is wired to one of them.',
    );
    expect(board.devices).toEqual([{ name: "indoor", kind: "sensor" }]);
  });
});

describe("a board that is edited while it is open", () => {
  test("a new bridge takes what is behind it along, and no more", async () => {
    const { board, notes } = await open(deep);
    await using _ = board;
    const indoor = await board.sensor("indoor");
    notes.length = 0;
    const edited = {
      ...deep,
      bridges: { ...deep.bridges!, dongle: { ...dongle, settings: { speed: 400 } } },
    };
    const change = await board.update(edited);
    expect([...change.replaced].sort()).toEqual(["dongle", "indoor", "mux"]);
    // Before it ends, its settings are tried, without its device.
    expect(notes.slice(notes.indexOf("dongle:0 70 write"))).toEqual([
      "dongle:0 70 write",
      "dongle:0 76 write",
      "mux closed",
      "dongle closed",
      "dongle opened",
      "dongle closed",
    ]);
    await expect(indoor.read()).rejects.toMatchObject({ code: "disconnected" });
    await using back = await board.sensor("indoor");
    expect((await back.read()).temperature).toBe(7);
  });

  test("a bridge with another component takes what is behind it along", async () => {
    const { board, components } = await open(deep);
    await using _ = board;
    await using indoor = await board.sensor("indoor");
    // It works as well; what is there already is no other one.
    components.multiplexer = { ...components.multiplexer! };
    const change = await board.update(deep, undefined, { components: true });
    expect(change).toMatchObject({ replaced: ["mux", "indoor"], components: ["mux"] });
    await expect(indoor.read()).rejects.toMatchObject({ code: "disconnected" });
    await using back = await board.sensor("indoor");
    expect((await back.read()).temperature).toBe(7);
  });

  test("the first bridges wait until it is opened again, with what is wired to them", async () => {
    const { board } = await open({
      devices: { other: { driver: "sensor", i2c: { bus: 1, address: "0x77" } } },
    });
    await using _ = board;
    const change = await board.update({
      ...deep,
      devices: { ...deep.devices, ...board.board.devices } as BoardFile["devices"],
    });
    expect(change.later).toEqual(["bridges.mux", "bridges.dongle", "devices.indoor"]);
    expect(change.added).toEqual([]);
  });

  test("a bridge that is removed takes what is behind it along", async () => {
    const { board } = await open(deep);
    await using _ = board;
    const indoor = await board.sensor("indoor");
    const change = await board.update({ ...deep, bridges: { dongle } });
    expect(change).toMatchObject({ removed: ["mux"], replaced: ["indoor"] });
    await expect(indoor.read()).rejects.toMatchObject({ code: "disconnected" });
    // Whoever has a bus of that name now has it.
    await using back = await board.sensor("indoor");
    expect((await back.read()).temperature).toBeGreaterThan(0);
  });

  test("a bridge is replaced where what is behind it was refused, and still is", async () => {
    const { board } = await open(deep, { missing: new Set(["sensor"]) });
    await using _ = board;
    const bridges = { ...deep.bridges!, dongle: { ...dongle, settings: { speed: 400 } } };
    await board.update({ ...deep, bridges });
    expect(board.board.bridges.dongle).toMatchObject({ settings: { speed: "400" } });
    expect(board.refused).toMatchObject([{ name: "indoor" }]);
  });

  test("those that were replaced listen no more for their bridge's device", async () => {
    const { board } = await open(deep);
    await using _ = board;
    let listening = 0;
    const { watch } = UsbSlot.prototype;
    const counted = vi.spyOn(UsbSlot.prototype, "watch").mockImplementation(function (
      this: UsbSlot,
      listener,
    ) {
      listening += 1;
      const watching = new DisposableStack();
      watching.use(watch.call(this, listener));
      watching.defer(() => {
        listening -= 1;
      });
      return watching;
    });
    using __ = { [Symbol.dispose]: () => counted.mockRestore() };
    for (let count = 0; count < 3; count += 1) {
      await board.replace("indoor", { ...deep.devices!.indoor!, settings: { count } });
    }
    expect(listening).toBe(1);
  });
});
