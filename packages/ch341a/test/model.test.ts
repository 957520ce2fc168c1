/** The model, spoken to as drivers of others do: i2c-ch341.c of https://github.com/frank-zago/ch341-i2c-spi-gpio; flashrom for SPI. */

import { Registers, SimulatedI2cBus, type SpiClocking } from "@busbar/sim";
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

/** A chip with SPI at its pins, and what its wires see. Each byte is answered by 0x9F. */
function spiChip() {
  const seen: unknown[] = [];
  const spi = {
    select: (chipSelect: number, clocking: SpiClocking) => void seen.push([chipSelect, clocking]),
    transfer: (byte: number) => {
      seen.push(byte);
      return 0x9f;
    },
    release: () => void seen.push("release"),
  };
  const model = new Ch341a({ spi });
  return {
    seen,
    send: (...bytes: number[]) => model.transferOut(0x02, Uint8Array.from(bytes)),
    fetch: async (length: number) => [...(await model.transferIn(0x82, length, signal))],
  };
}

const padded = (...packet: number[]) => [...packet, ...new Uint8Array(32 - packet.length)];

test("SPI: the pins and the bytes of one transfer, as flashrom sends them, with bit 0 first", async () => {
  const { seen, send, fetch } = spiChip();
  await send(0xab, 0xb7, 0x7f, 0x20);
  await send(...padded(0xab, 0xb7, 0xb7, 0xb6, 0x20), 0xa8, 0xf9, 0xff);
  await send(0xab, 0xb7, 0x20);
  expect(seen).toEqual([[0, { mode: 0, hz: 1_500_000 }], 0x9f, 0xff, "release"]);
  expect(await fetch(32)).toEqual([0xf9, 0xf9]);
});

test.each([
  ["the pins are inputs", [0xab, 0xb6, 0x40, 0x20]],
  ["data out is an input", [0xab, 0xb6, 0x5f, 0x20]],
  ["the clock rests high", [0xab, 0xbe, 0x7f, 0x20]],
  ["no device is selected", [0xab, 0xb7, 0x7f, 0x20]],
  ["two devices are", [0xab, 0xb4, 0x7f, 0x20]],
])("SPI: where %s, nobody hears anything", async (_, pins) => {
  const { seen, send, fetch } = spiChip();
  await send(...pins);
  await send(0xa8, 1, 2);
  expect(seen.filter((each) => typeof each === "number")).toEqual([]);
  expect(await fetch(32)).toEqual([0xff, 0xff]);
});

test("the levels of the pins: what is driven, and high where nobody does", async () => {
  const { send, fetch } = spiChip();
  await send(0xab, 0x80, 0x49, 0x00, 0x20);
  expect(await fetch(32)).toEqual([0xf6]);
});
