/** A kind of device that no host knows by itself: a package brings its module, drivers export it, apps import it. */
import { expect, test } from "vitest";
import { OpenBoard } from "../src/board/open.ts";
import { parseBoard } from "../src/board/parse.ts";
import { HostError } from "../src/error.ts";
import {
  AppDevice,
  appInterface,
  type DeviceModule,
  type GuestDevice,
  OpenedDevice,
  openGuest,
} from "../src/module.ts";
import { componentBytes } from "./component-bytes.ts";
import { fakeComponent } from "./fake-component.ts";
import { FakeBus, FakeClock } from "./fakes.ts";

interface GuestCounter extends GuestDevice {
  count(): Promise<number>;
}

class Counter extends OpenedDevice<GuestCounter> {
  protected override readonly noun = "counter";

  count(): Promise<number> {
    return this.call((device) => device.count());
  }
}

class CounterResource extends AppDevice<Counter> {
  count(): Promise<number> {
    return this.device.count();
  }

  close(): Promise<void> {
    return this.closeQuietly();
  }
}

const counter: DeviceModule<Counter> = {
  kind: "counter",
  path: "acme:devices/counter",
  version: "1.2.0",
  open: async ({ name, start }) => new Counter(await openGuest<GuestCounter>(name, await start())),
  app: appInterface(CounterResource),
};

type AppImports = {
  "acme:devices/counter": { open(name: string): Promise<{ count(): Promise<number> }> };
};

/** A board with a counter, and an app that may use it and notes what it counts. */
async function boardWith(kinds: readonly DeviceModule[], uses: readonly string[] = ["steps"]) {
  let steps = 0;
  const counted: number[] = [];
  const exported = "acme:devices/counter@1.0.0";
  const driver = fakeComponent("./driver.wasm", componentBytes([], [exported]), () => ({
    [exported]: { open: async () => ({ count: async () => ++steps, close: async () => undefined }) },
  }));
  const bytes = componentBytes([exported], ["wasi:cli/run@0.2.0"]);
  const app = fakeComponent("./app.wasm", bytes, (given) => ({
    "wasi:cli/run@0.2.0": {
      run: async () => {
        const imports = given as AppImports;
        counted.push(await (await imports["acme:devices/counter"].open("steps")).count());
      },
    },
  }));
  const board = parseBoard({
    devices: { steps: { driver: "driver", i2c: { bus: 1, address: "0x40" } } },
    apps: { walk: { component: "app", uses: [...uses] } },
  });
  const platform = {
    clock: new FakeClock(),
    i2c: [new FakeBus()],
    loadComponent: async (specifier: string) => (specifier === "app" ? app : driver),
  };
  return { board: await OpenBoard.open(board, platform, { kinds, tolerant: true }), counted };
}

test("is opened by its module, for programs and for apps", async () => {
  const { board, counted } = await boardWith([counter]);
  await using _ = board;
  expect(board.devices).toEqual([{ name: "steps", kind: "counter" }]);
  await using steps = await board.device("steps", counter);
  expect(await steps.count()).toBe(1);
  await board.run("walk", { output: () => undefined });
  expect(counted).toEqual([2]);
  await expect(board.sensor("steps")).rejects.toThrow(
    '"steps" is no sensor: ./driver.wasm drives a counter.',
  );
});

test("is granted to an app by name only", async () => {
  const { board } = await boardWith([counter], []);
  await using _ = board;
  expect(board.refused.map(({ name, error }) => `${name} ${error.message}`)).toEqual([
    'walk walk: ./app.wasm imports acme:devices/counter@1.0.0, which the board does not grant; add "uses": ["indoor"] to "apps.walk".',
  ]);
});

test("is unknown where nobody brings it", async () => {
  const { board } = await boardWith([]);
  await using _ = board;
  // A component with functions of its own is called by those.
  expect(board.devices).toEqual([{ name: "steps", kind: "component" }]);
  expect(board.refused.map(({ error }) => error.message)).toEqual([
    "walk: ./app.wasm imports acme:devices/counter@1.0.0, which no line of a board file can grant; use another app.",
  ]);
  await expect(board.device("steps", counter)).rejects.toThrow(
    '"steps" is no counter: ./driver.wasm exports no device interface; call its functions with board.component.',
  );
});

test.each([
  [{ ...counter, kind: "sensor" }, "that name"],
  [{ ...counter, path: "busbar:device/sensor" }, "the interface busbar:device/sensor"],
  [{ ...counter, kind: "component" }, "that name"],
])("is the only one of its kind and of its interface", async (module, what) => {
  await expect(boardWith([module])).rejects.toThrow(
    new HostError(
      "component",
      `the module of the kind "${module.kind}" has ${what}, which this host has already; rename it.`,
    ),
  );
});
