import { describe, expect, test } from "vitest";
import type { BoardEvent } from "../src/board/event.ts";
import { OpenBoard } from "../src/board/open.ts";
import { parseBoard } from "../src/board/parse.ts";
import type { BoardFile } from "../src/board/schema.ts";
import { builtIn } from "../src/modules.ts";
import { componentBytes } from "./component-bytes.ts";
import { fakeComponent } from "./fake-component.ts";
import { FakeBus, FakeClock, fakeArtifact, type GuestImports } from "./fakes.ts";

/** As host/verdicts/board.json has it in full: 'an "i2c" or a "usb"', of all buses. */
const anyPart = builtIn.map(({ aKey }) => aKey).join(" or ");

const imports = [
  "wasi:i2c/i2c@0.2.0-draft",
  "wasi:i2c/delay@0.2.0-draft",
  "busbar:board/i2c@0.1.0",
  "busbar:board/settings@0.1.0",
  "busbar:board/log@0.1.0",
  "wasi:clocks/monotonic-clock@0.2.0",
];

const indoor = {
  i2c: { bus: 1, address: "0x76", maximumLength: 8 },
  settings: { filter: "4" },
  limits: { transactionsPerSecond: 3 },
};
const devices: BoardFile["devices"] = {
  indoor,
  garage: { i2c: { bus: 1, address: "0x75" } },
  attic: { driver: "driver", i2c: { bus: 1, address: "0x77" } },
};

/** A board whose app was composed with a driver for `indoor`; the app and its driver together are `main`. */
async function boardWith(
  main: (given: GuestImports) => Promise<void> | void,
  {
    uses = ["indoor", "attic"],
    board: changed = devices,
  }: { uses?: string[]; board?: BoardFile["devices"] } = {},
) {
  const clock = new FakeClock();
  const bus = new FakeBus();
  const events: BoardEvent[] = [];
  const app = fakeComponent("./station.wasm", componentBytes(imports, ["wasi:cli/run@0.2.0"]), (given) => ({
    "wasi:cli/run@0.2.0": { run: () => main(given as unknown as GuestImports) },
  }));
  const other = { component: "app", uses: ["garage"] };
  const board = await OpenBoard.open(
    parseBoard({ devices: changed, apps: { station: { component: "app", uses }, other } }),
    {
      clock,
      i2c: [bus],
      loadComponent: async (specifier) =>
        specifier === "app" ? app : fakeArtifact(() => ({ read: () => Float64Array.of(1) })),
    },
  );
  board.listen((event) => events.push(event));
  const run = (signal?: AbortSignal) => board.run("station", { output: () => {}, ...(signal && { signal }) });
  return { board, bus, clock, events, run };
}

/** What a call threw for the guest. */
function payloadOf(call: () => unknown): unknown {
  try {
    call();
  } catch (thrown) {
    return (thrown as { payload?: unknown }).payload;
  }
  return "nothing was thrown";
}

describe("an app that brings its drivers", () => {
  test("warns as they do, by its own name", async () => {
    const { run, events } = await boardWith((given) => {
      given["busbar:board/log"].warn("GET MAX LUN\u001b[2J failed");
    });
    await run();
    expect(events.filter(({ kind }) => kind === "warning")).toMatchObject([
      { device: "station", message: "GET MAX LUN\\u{1b}[2J failed" },
    ]);
  });

  test("reaches a device that it uses, by its name, with its settings", async () => {
    const { run, bus, events } = await boardWith((given) => {
      const wiring = given["busbar:board/i2c"].open("indoor");
      expect(wiring.address).toBe(0x76);
      expect(wiring.bus.read(wiring.address, 2n)).toEqual(Uint8Array.of(1, 1));
      expect(given["busbar:board/settings"].get("indoor")).toEqual([["filter", "4"]]);
    });
    await run();
    expect(bus.transactions).toEqual([{ address: 0x76, operations: [{ kind: "read", length: 2 }] }]);
    expect(bus.opened).toEqual([1]);
    expect(bus.closed).toBe(1);
    expect(events).toEqual([expect.objectContaining({ kind: "i2c", device: "indoor", address: 0x76 })]);
  });

  test("is held to the device's grant, and the operator is told", async () => {
    const { run, bus, events } = await boardWith((given) => {
      const { bus: handle } = given["busbar:board/i2c"].open("indoor");
      expect(payloadOf(() => handle.read(0x77, 1n))).toEqual({ tag: "other" });
      expect(payloadOf(() => handle.read(0x76, 9n))).toEqual({ tag: "other" });
      for (let turn = 0; turn < 3; turn += 1) handle.read(0x76, 1n);
      expect(payloadOf(() => handle.read(0x76, 1n))).toEqual({ tag: "other" });
    });
    await run();
    expect(bus.transactions).toHaveLength(3);
    const denials = events.filter((event) => event.kind === "denied");
    expect(denials.map(({ device, denied }) => [device, denied])).toEqual([
      ["indoor", "address"],
      ["indoor", "length"],
      ["indoor", "rate"],
    ]);
  });

  test("gets no more transactions by ending and being run again", async () => {
    const { run, bus } = await boardWith((given) => {
      const { bus: handle } = given["busbar:board/i2c"].open("indoor");
      for (let turn = 0; turn < 3; turn += 1) payloadOf(() => handle.read(0x76, 1n));
    });
    for (let count = 0; count < 3; count += 1) await run();
    expect(bus.transactions).toHaveLength(3);
  });

  test.each(["garage", "attic", "nowhere"])("cannot drive %s", async (name) => {
    const { run, bus, events } = await boardWith((given) => {
      expect(payloadOf(() => given["busbar:board/i2c"].open(name))).toMatchObject({ tag: "access-denied" });
      expect(given["busbar:board/settings"].get(name)).toEqual([]);
    });
    await run();
    expect(bus.opened).toEqual([]);
    expect(events).toEqual([
      expect.objectContaining({
        kind: "denied",
        device: "station",
        denied: "name",
        call: `i2c.open("${name}")`,
      }),
      expect.objectContaining({ kind: "denied", device: "station", call: `settings.get("${name}")` }),
    ]);
  });

  test("waits by the board's clock, and is ended by its signal while it waits", async () => {
    const stop = new AbortController();
    const ended = Promise.withResolvers<unknown>();
    const { run, clock } = await boardWith(async (given) => {
      const delay = given["busbar:board/i2c"].openDelay();
      try {
        for (let waits = 0; waits < 10; waits += 1) {
          if (waits === 2) stop.abort(new Error("enough"));
          await delay.delayNs(5_000_000);
        }
        ended.resolve("it went on to its end");
      } catch (error) {
        ended.resolve(error);
        throw error;
      }
    });
    await expect(run(stop.signal)).rejects.toThrow("enough");
    expect(await ended.promise).toMatchObject({ name: "InstanceStopped" });
    expect(clock.now()).toBe(10);
  });

  test("goes on without a bus that this machine does not have", async () => {
    const missing = { i2c: { bus: "missing", address: "0x76" } };
    const { run } = await boardWith(
      (given) => {
        expect(payloadOf(() => given["busbar:board/i2c"].open("indoor"))).toMatchObject({
          tag: "not-found",
          val: expect.stringContaining('there is no I2C bus "missing"'),
        });
      },
      { board: { ...devices, indoor: missing } },
    );
    await run();
  });

  test("does not start where all devices that it uses have drivers of their own", async () => {
    const driven = { ...indoor, driver: "driver" };
    await expect(boardWith(() => {}, { board: { ...devices, indoor: driven } })).rejects.toThrow(
      "station: ./station.wasm imports wasi:i2c/i2c@0.2.0-draft, which the board does not grant; " +
        'add "uses" with a device that has "i2c" and no "driver" to "apps.station".',
    );
  });

  test("has its devices to itself", async () => {
    const { board } = await boardWith(() => {});
    expect(board.devices).toEqual([{ name: "attic", kind: "sensor" }]);
    await expect(board.sensor("indoor")).rejects.toThrow(
      '"indoor" has no driver, so only an app that brings its own can use it; add "driver" to "devices.indoor".',
    );
  });
});

test("a device without a driver that no app drives is a mistake in the board", () => {
  const apps = { station: { component: "app", uses: ["indoor"] } };
  expect(() => parseBoard({ devices: { indoor } }, "b.json")).toThrow(
    'b.json: "devices.indoor.driver" is missing, and no app uses "indoor".',
  );
  expect(() => parseBoard({ devices: { indoor: {} }, apps }, "b.json")).toThrow(
    `b.json: "devices.indoor.driver" is missing, and without it the device needs ${anyPart} part for the app that drives it.`,
  );
  const usb = { vendorId: 1, interfaces: [0] };
  expect(parseBoard({ devices: { indoor: { usb } }, apps }).devices.indoor?.driver).toBeUndefined();
  expect(parseBoard({ devices: { indoor }, apps }).devices.indoor?.driver).toBeUndefined();
});
