/** A bus from outside this host does all that a bus of the host does, and the types of a board follow from it. */

import { type BoardEvent, describeTransaction, type HostError, OpenBoard, parseBoard } from "@busbar/host";
import { ComponentArtifact, type LoadedComponent } from "@busbar/host/backend";
import { leastEntry, link, mergeUse, parseUses } from "@busbar/host/grants";
import { builtIn, withModules } from "@busbar/host/module";
import { describe, expect, expectTypeOf, test } from "vitest";
import { componentBytes } from "./component-bytes.ts";
import { driver, type EchoBackend, type EchoEvent, echo, type Talker } from "./echo-bus.ts";
import { fakeComponent } from "./fake-component.ts";
import { FakeClock } from "./fakes.ts";

const modules = withModules([echo]);

/** A board with one talker in the channel "room". */
async function talker(entry: object = {}, backend: Partial<EchoBackend> = {}) {
  const heard: number[] = [];
  const events: BoardEvent<typeof modules>[] = [];
  const file = {
    devices: { talker: { driver: "./talker.wasm", echo: { channel: "room", maximum: 100 }, ...entry } },
  };
  const board = await OpenBoard.open(
    parseBoard(file, "board.json", modules),
    {
      clock: new FakeClock(),
      echo: [{ channel: (name: string) => (name === "room" ? heard : undefined), ...backend }],
      loadComponent: (label) => ComponentArtifact.load(label, driver),
    },
    { modules },
  );
  board.listen((event) => events.push(event));
  return { board, heard, events, say: async (value: number) => (await open(board)).exports.say(value) };
}

const open = (board: OpenBoard<typeof modules>) => board.component<Talker>("talker");

describe("a driver on it", () => {
  test.each([false, true])("sends and hears (an answer that comes later: %s)", async (answersLater) => {
    const { board, heard, say } = await talker({}, { answersLater });
    await using _ = board;
    expect(await say(7)).toBe(7);
    expect(await say(8)).toBe(8);
    expect(heard).toEqual([7, 8]);
  });

  test("is refused what is not granted, and the operator is told", async () => {
    const { board, heard, events, say } = await talker();
    await using _ = board;
    expect(await say(101)).toBe(999);
    expect(heard).toEqual([]);
    expect(events.at(-1)).toMatchObject({ kind: "denied", device: "talker", call: "echo of 101" });
  });

  test("is held to the limits of its entry", async () => {
    const { board, say } = await talker({ limits: { transactionsPerSecond: 2 } });
    await using _ = board;
    expect([await say(1), await say(2), await say(3)]).toEqual([1, 2, 999]);
  });

  test("is traced by its own event, which has a text", async () => {
    const { board, events, say } = await talker();
    await using _ = board;
    await say(5);
    const event = events.at(-1) as EchoEvent;
    expect(event).toMatchObject({ kind: "echo", device: "talker", value: 5 });
    expect(describeTransaction(event, modules)).toBe("send 5");
  });

  test("in complain mode gets what it needs, which becomes its least entry", async () => {
    const { board, say } = await talker({ enforce: false });
    await using _ = board;
    expect(await say(101)).toBe(101);
    const needed = board.uses.get("talker")!;
    expect(needed).toEqual({ transactionsPerSecond: 1, echo: { largest: 101 } });
    const more = { transactionsPerSecond: 1, echo: { largest: 3 } };
    expect(mergeUse(needed, more, modules)).toEqual(needed);
    const record = JSON.stringify({ busbar: "uses", devices: { talker: needed } });
    expect(parseUses(record, "uses.json", modules).get("talker")).toEqual(needed);
    const entry = { driver: "x", enforce: false, echo: { channel: "room" } };
    expect(leastEntry(entry, needed, modules)).toEqual({
      driver: "x",
      echo: { channel: "room", maximum: 101 },
    });
  });

  test("is replaced while the board is open; what its channel does not have is said", async () => {
    const { board, say } = await talker();
    await using _ = board;
    await say(1);
    await board.replace("talker", { driver: "./talker.wasm", echo: { channel: "room", maximum: 1 } });
    expect(await say(2)).toBe(999);
    await board.replace("talker", { driver: "./talker.wasm", echo: { channel: "cellar" } });
    await expect(open(board)).rejects.toThrow('talker: there is no channel "cellar"; name another.');
  });
});

describe("linking", () => {
  const component = fakeComponent(
    "./talker.wasm",
    componentBytes(["example:echo/echo@0.1.0"], ["busbar:device/sensor@0.1.0"]),
    () => ({}),
  );
  const { label, interface: asked } = component;
  const i2c = { bus: 1, address: "0x76" };
  const { talking, silent } = parseBoard(
    {
      devices: {
        talking: { driver: "x", echo: { channel: "room" } },
        silent: { driver: "x", i2c },
      },
    },
    undefined,
    modules,
  ).devices;

  test("an entry that is wired to it grants it", () => {
    expect(link("a", talking!, label, asked, { modules }).kind).toBe("sensor");
  });

  test("another entry does not, and the line to add is the module's", () => {
    expect(() => link("a", silent!, label, asked, { modules })).toThrow(
      "a: ./talker.wasm imports example:echo/echo@0.1.0, which the board does not grant; " +
        'add "echo": { "channel": "room" } to "devices.a".',
    );
  });

  test("a host without the module grants it to nobody", () => {
    expect(() => link("a", talking!, label, asked)).toThrow("which no line of a board file can grant");
  });

  test("an app gets it for a device without a driver", async () => {
    const app = fakeComponent(
      "./app.wasm",
      componentBytes(["example:echo/echo@0.1.0"], ["wasi:cli/run@0.2.12"]),
      (imports) => {
        const { last } = imports["example:echo/echo"] as { last(): number };
        return { "wasi:cli/run@0.2.12": { run: async () => void lengths.push(last()) } };
      },
    );
    const lengths: number[] = [];
    const boardWith = (device: object) =>
      OpenBoard.open(
        parseBoard(
          { devices: { bare: device }, apps: { main: { component: "./app.wasm", uses: ["bare"] } } },
          undefined,
          modules,
        ),
        {
          clock: new FakeClock(),
          i2c: [],
          echo: [],
          loadComponent: async () => app as object as LoadedComponent,
        },
        { modules },
      );
    await using board = await boardWith({ echo: { channel: "room" } });
    await board.run("main", { output: () => {} });
    expect(lengths).toEqual(["room".length]);
    await expect(boardWith({ i2c })).rejects.toThrow(
      'add "uses" with a device that has "echo" and no "driver" to "apps.main"',
    );
  });
});

describe("a board file", () => {
  const parse = (file: object) => () => parseBoard(file, undefined, modules);
  const device = (part: object) => ({ devices: { a: { driver: "x", echo: part } } });

  test("has its part, with its messages", () => {
    expect(parse(device({ channel: "" }))).toThrow(
      '"devices.a.echo.channel" has 0 characters: expected at least one character',
    );
    expect(parse(device({ channel: "room", maximum: 0 }))).toThrow(
      '"devices.a.echo.maximum" is 0: expected at least 1',
    );
    expect(() => parseBoard(device({ channel: "room" }))).toThrow(
      '"devices.a.echo" is no key of a board file',
    );
  });

  test("is refused where two entries contradict each other", () => {
    const mine = { driver: "x", echo: { channel: "mine" } };
    expect(parse({ devices: { a: mine, b: mine } })).toThrow(
      '"devices.a" and "devices.b" both want the channel "mine".',
    );
  });

  test("without a driver names it among the buses that an app can drive", () => {
    const file = { devices: { a: {} }, apps: { b: { component: "x", uses: ["a"] } } };
    expect(parse(file)).toThrow(`needs ${modules.map(({ aKey }) => aKey).join(" or ")} part`);
  });

  test("has its simulated devices beside all others, each told apart by its key", () => {
    const simulate = (entry: object) => parse({ devices: {}, simulate: [entry] });
    const good = [
      { i2c: "sim", address: "0x76", model: "m", chip: "x" },
      { usb: "1-1", model: "m" },
      { echo: "room", model: "m", length: 4 },
    ];
    expect(parse({ devices: {}, simulate: good })().simulate).toEqual([
      { ...good[0], address: 0x76 },
      ...good.slice(1),
    ]);
    expect(simulate({ i2c: "sim", address: "0x99", model: "m" })).toThrow('"simulate.0.address" is "0x99"');
    expect(simulate({ usb: "here", model: "m" })).toThrow(
      '"simulate.0.usb" is "here": expected a port such as',
    );
    expect(simulate({ echo: "", model: "m" })).toThrow(
      '"simulate.0.echo" is "": expected the name of a channel',
    );
  });
});

describe("the list of modules", () => {
  test("is the host's own where there are no others, so that nothing is made of it again", () => {
    expect(withModules([])).toBe(builtIn);
  });

  const refused = (module: object) => {
    const other = { ...echo, ...module } as typeof echo;
    return expect(() => withModules([echo, other]));
  };

  test.each([
    ["a key that another has", {}, 'the bus module "echo" has the key "echo", which this host has already'],
    [
      "a key that an entry has otherwise",
      { key: "driver", offers: [], appOffers: [] },
      'has the key "driver"',
    ],
    [
      "a key that a platform has otherwise",
      { key: "clock", offers: [], appOffers: [] },
      'has the key "clock"',
    ],
    [
      "a key that a simulated device has otherwise",
      { key: "model", offers: [], appOffers: [] },
      'has the key "model"',
    ],
    [
      "a key that a record of uses has otherwise",
      { key: "transactionsPerSecond", offers: [], appOffers: [] },
      'has the key "transactionsPerSecond"',
    ],
    [
      "a key that another event has as its kind",
      { key: "lifecycle", offers: [], appOffers: [] },
      'has the key "lifecycle"',
    ],
    ["an interface that another offers", { key: "other" }, "has the interface example:echo/echo"],
  ])("refuses %s", (_, module, message) => {
    refused(module).toThrow(message);
    refused(module).toThrow(expect.objectContaining({ code: "component" } satisfies Partial<HostError>));
  });
});

test("types follow from the modules", async () => {
  const { board } = await talker();
  await using _ = board;
  const { talker: entry } = board.board.devices;
  expectTypeOf(entry!.echo).toEqualTypeOf<{ channel: string; maximum: number } | undefined>();
  expectTypeOf(entry!.i2c?.maximumLength).toEqualTypeOf<number | undefined>();
  expectTypeOf(board.uses.get("talker")?.echo).toEqualTypeOf<{ largest: number } | undefined>();
  board.listen((event) => {
    if (event.kind === "echo") expectTypeOf(event.value).toEqualTypeOf<number>();
  });
  // @ts-expect-error the channel is a text
  const wrong = () => board.replace("talker", { driver: "x", echo: { channel: 5 } });
  await expect(wrong()).rejects.toThrow('"devices.talker.echo.channel" is 5: expected a text');
});
