/** The model, spoken to as drivers of others do: i2c-ch341.c of https://github.com/frank-zago/ch341-i2c-spi-gpio. */

import { Registers, SimulatedI2cBus } from "@busbar/sim";
import { expect, test } from "vitest";
import { Ch341a } from "../src/model.ts";

const signal = new AbortController().signal;

function chip() {
  const contents = new Map(Array.from({ length: 256 }, (_, register) => [register, 255 - register]));
  const bus = new SimulatedI2cBus([[0x50, new Registers({ contents })]]);
  const model = new Ch341a({ wires: bus.wires() });
  return {
    bus,
    send: (...bytes: number[]) => model.transferOut(0x02, Uint8Array.from(bytes)),
    fetch: async (length: number) => [...(await model.transferIn(0x82, length, signal))],
  };
}

test("a quick command gives back whether somebody is there, and a byte", async () => {
  const { send, fetch } = chip();
  await send(0xaa, 0x74, 0x80, 0xa0, 0xc0, 0x75, 0x00);
  expect((await fetch(2))[0]! & 0x80).toBe(0);
  await send(0xaa, 0x74, 0x80, 0xa2, 0xc0, 0x75, 0x00);
  expect((await fetch(2))[0]! & 0x80).toBe(0x80);
});

test("a write and a read in one packet are one transaction, and only what is read comes back", async () => {
  const { bus, send, fetch } = chip();
  await send(0xaa, 0x74, 0x82, 0xa0, 0x10, 0x74, 0x81, 0xa1, 0xc2, 0xc0, 0x75, 0x00);
  expect(await fetch(3)).toEqual([0xef, 0xee, 0xed]);
  expect(bus.transactions).toBe(1);
});

test("a transfer of several packets, each of which is a stream of its own", async () => {
  const { send, fetch } = chip();
  const first = [0xaa, 0x74, 0x82, 0xa0, 0x00, 0x74, 0x81, 0xa1, 0xe0, 0x00];
  const padded = [...first, ...new Uint8Array(32 - first.length)];
  await send(...padded, 0xaa, 0xc7, 0xc0, 0x75, 0x00);
  expect(await fetch(64)).toEqual(Array.from({ length: 40 }, (_, register) => 255 - register));
});
