/** `openBoard(file, { modules })` on Node: a bus from outside, with its backend, its driver and its simulated devices. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BoardFile, HostError } from "@busbar/host";
import type { DeviceModule } from "@busbar/host/module";
import { afterAll, expect, expectTypeOf, test } from "vitest";
import { driver, type EchoBackend, echo, type Talker } from "../../core/test/echo-bus.ts";
import { openBoard } from "../src/index.ts";

const folder = mkdtempSync(join(tmpdir(), "busbar-modules-"));
afterAll(() => rmSync(folder, { recursive: true }));
writeFileSync(join(folder, "talker.wasm"), driver);

const talker = { driver: "./talker.wasm", echo: { channel: "room" } };

function room(heard: number[]): EchoBackend {
  return { channel: (name) => (name === "room" ? heard : undefined) };
}

test("a board as an object", async () => {
  const heard: number[] = [];
  const told: number[] = [];
  await using board = await openBoard(
    { devices: { talker } },
    {
      modules: [echo],
      echo: [room(heard)],
      folder,
      onEvent: (event) => {
        if (event.kind === "echo") told.push(event.value);
      },
    },
  );
  expectTypeOf(board.board.devices.talker!.echo!.maximum).toEqualTypeOf<number>();
  const { exports } = await board.component<Talker>("talker");
  expect(await exports.say(7)).toBe(7);
  expect([heard, told]).toEqual([[7], [7]]);
});

test("a board file, and the simulator's devices before the backend's", async () => {
  const file = join(folder, "board.json");
  const simulate = [{ echo: "room", model: "room" }];
  writeFileSync(file, JSON.stringify({ devices: { talker }, simulate }));
  const heard: number[] = [];
  await using board = await openBoard(file, {
    modules: [echo],
    simulate: (entries) => {
      expect(entries).toEqual(simulate);
      return { ...room(heard), name: "simulator", openI2c: () => undefined } as never;
    },
    echo: [room([])],
  });
  const { exports } = await board.component<Talker>("talker");
  expect(await exports.say(9)).toBe(9);
  expect(heard).toEqual([9]);
});

test("a package may have a component for it", async () => {
  const variants = [{ bus: "echo", component: "../../talker.wasm" }];
  mkdirSync(join(folder, "node_modules/part"), { recursive: true });
  writeFileSync(
    join(folder, "node_modules/part/package.json"),
    JSON.stringify({ busbar: { bus: "i2c", component: "there-is-none.wasm", variants } }),
  );
  const heard: number[] = [];
  const devices = { talker: { ...talker, driver: "part" } };
  await using board = await openBoard({ devices }, { modules: [echo], echo: [room(heard)], folder });
  const { exports } = await board.component<Talker>("talker");
  expect(await exports.say(8)).toBe(8);
  expect(heard).toEqual([8]);
});

test("without the module its part is no key of a board file", async () => {
  const opening = openBoard({ devices: { talker } } as BoardFile, { folder });
  await expect(opening).rejects.toThrow(HostError);
  await expect(opening).rejects.toThrow('"devices.talker.echo" is no key of a board file here');
});

test("with the module and no backend for it the bus is one that this host does not have", async () => {
  const opening = openBoard({ devices: { talker } }, { modules: [echo], folder });
  await expect(opening).rejects.toThrow(
    '"devices.talker" is wired by "echo", which this host does not have; run this board on a host that has it.',
  );
});

test("kinds of devices are told from buses, and opened by their modules", async () => {
  const kind: DeviceModule<{ name: string } & AsyncDisposable> = {
    kind: "talker",
    path: "acme:devices/talker",
    version: "1.0.0",
    open: async ({ name }) => ({ name, [Symbol.asyncDispose]: async () => undefined }),
  };
  await using board = await openBoard(
    { devices: { talker } },
    { modules: [kind, echo], echo: [room([])], folder },
  );
  expectTypeOf(board.board.devices.talker!.echo!.maximum).toEqualTypeOf<number>();
  expect(board.devices).toEqual([{ name: "talker", kind: "component" }]);
  await expect(board.device("talker", kind)).rejects.toThrow('"talker" is no talker');
});
