/** The model by its commands: what they make of the wires, bit by bit. */

import { nodeClock } from "@busbar/host-node";
import { Registers, SimulatedI2cBus, type SpiClocking } from "@busbar/sim";
import { expect, test } from "vitest";
import { Ft232h } from "../src/model.ts";

const signal = new AbortController().signal;
const request = (bRequest: number, wValue: number) => ({
  bmRequestType: 0x40,
  bRequest,
  wValue,
  wIndex: 1,
  wLength: 0,
});

/** A chip in MPSSE mode, set up for I2C but for what is left out. */
function chip(setUp: readonly number[] = [0x9e, 0x07, 0x00]) {
  const contents = new Map(Array.from({ length: 256 }, (_, register) => [register, 255 - register]));
  const bus = new SimulatedI2cBus([[0x50, new Registers({ contents })]]);
  const model = new Ft232h({ wires: bus.wires() }, nodeClock);
  model.control(request(11, 0x0200));
  const send = (...bytes: number[]) => model.transferOut(0x02, Uint8Array.from(bytes));
  const fetch = async (length = 512) => [...(await model.transferIn(0x81, length, signal))];
  return { bus, model, send, fetch, ready: send(...setUp, ...pins(3)) };
}

const pins = (levels: number) => [0x80, levels, 0x03];
const START = [...pins(2), ...pins(3), ...pins(1), ...pins(0)];
const STOP = [...pins(0), ...pins(1), ...pins(3)];
const write = (byte: number) => [0x11, 0, 0, byte, ...pins(2), 0x22, 0];
const read = (acknowledge: number) => [0x20, 0, 0, 0x13, 0, acknowledge, ...pins(2)];

test("a register is read in one transaction, and every packet begins with the two states", async () => {
  const { bus, send, fetch } = chip();
  await send(
    ...START,
    ...write(0xa0),
    ...write(0x10),
    ...START,
    ...write(0xa1),
    ...read(0),
    ...read(0xff),
    ...STOP,
  );
  expect(await fetch()).toEqual([0x32, 0x60, 0, 0, 0, 0xef, 0xee]);
  expect(bus.transactions).toBe(1);
});

test("what nobody acknowledges leaves the line high", async () => {
  const { send, fetch } = chip();
  await send(...START, ...write(0xa2), ...STOP);
  expect(await fetch()).toEqual([0x32, 0x60, 1]);
});

test("nothing is told to the bus after a byte that is not acknowledged, on either side", async () => {
  const seen: (string | number)[] = [];
  const wires = {
    start: (address: number, direction: string) => seen.push(address, direction) > 0,
    write: (byte: number) => seen.push(byte) < 0,
    read: () => seen.push("byte"),
    stop: () => void seen.push("stop"),
  };
  const model = new Ft232h({ wires }, nodeClock);
  model.control(request(11, 0x0200));
  const send = (...bytes: number[]) => model.transferOut(0x02, Uint8Array.from(bytes));
  seen.length = 0;
  await send(0x9e, 0x07, 0x00, ...pins(3), ...START, ...write(0xa0), ...write(1), ...write(2), ...STOP);
  expect(seen.splice(0)).toEqual([0x50, "write", 1, "stop"]);
  await send(...START, ...write(0xa1), ...read(0xff), ...read(0), ...STOP);
  expect(seen.splice(0)).toEqual([0x50, "read", "byte", "stop"]);
});

test("commands may come in pieces of any size", async () => {
  const { send, fetch } = chip();
  for (const byte of [...START, ...write(0xa0), ...write(0x20), ...write(9), ...STOP]) await send(byte);
  expect(await fetch()).toEqual([0x32, 0x60, 0, 0, 0]);
});

test("pins that also push drown what a target says", async () => {
  const { send, fetch } = chip([]);
  await send(...START, ...write(0xa0), ...STOP);
  expect(await fetch()).toEqual([0x32, 0x60, 1]);
});

test("the levels of the lines, and a command that there is not", async () => {
  const { send, fetch } = chip();
  await send(0x81, ...pins(0), 0x81, 0xaa);
  expect(await fetch()).toEqual([0x32, 0x60, 0x07, 0x00, 0xfa, 0xaa]);
});

test("more than a packet is several, each with its states; and a packet without data comes when there is none", async () => {
  const { send, fetch } = chip();
  await send(...Array.from({ length: 600 }, () => 0x81));
  const all = await fetch(1024);
  expect(all).toHaveLength(604);
  expect([all[512], all[513]]).toEqual([0x32, 0x60]);
  expect(await fetch()).toEqual([0x32, 0x60]);
});

test("in another mode there is no engine", async () => {
  const { model, send, fetch } = chip();
  model.control(request(11, 0));
  await send(0x81);
  expect(await fetch()).toEqual([0x32, 0x60]);
});

/** A chip in MPSSE mode with SPI at its pins, and what its wires see. Each byte is answered by the next of a count. */
function spiChip() {
  const seen: unknown[] = [];
  let count = 0xa0;
  const spi = {
    select: (chipSelect: number, clocking: SpiClocking) => void seen.push([chipSelect, clocking]),
    transfer: (byte: number) => {
      seen.push(byte);
      count += 1;
      return count;
    },
    release: () => void seen.push("release"),
  };
  const model = new Ft232h({ spi }, nodeClock);
  model.control(request(11, 0x0200));
  return {
    seen,
    send: (...bytes: number[]) => model.transferOut(0x02, Uint8Array.from(bytes)),
    fetch: async () => [...(await model.transferIn(0x81, 512, signal))].slice(2),
  };
}

/** SCK and data out, and AD3 to AD7, are outputs. */
const spiPins = (levels: number) => [0x80, levels, 0xfb];

test("SPI: a device is selected with the clock as it rests and is set, and bytes go both ways", async () => {
  const { seen, send, fetch } = spiChip();
  await send(0x8a, 0x86, 2, 0, ...spiPins(0xf8), ...spiPins(0xe8), 0x31, 1, 0, 1, 2, 0x20, 0, 0);
  await send(...spiPins(0xf8), 0x8b, ...spiPins(0xf9), ...spiPins(0xf1), 0x34, 0, 0, 0x80, ...spiPins(0xf9));
  expect(seen).toEqual([
    ...[[1, { mode: 0, hz: 10e6 }], 1, 2, 0x00, "release"],
    ...[[0, { mode: 2, hz: 2e6 }], 0x80, "release"],
  ]);
  expect(await fetch()).toEqual([0xa1, 0xa2, 0xa3, 0xa4]);
});

test("SPI: data out keeps the last bit while bytes are only read, and with the least bit first all is turned round", async () => {
  const { seen, send, fetch } = spiChip();
  await send(...spiPins(0xf8), ...spiPins(0xf0), 0x11, 0, 0, 0x01, 0x20, 0, 0, 0x39, 0, 0, 0x01);
  expect(seen.slice(1)).toEqual([0x01, 0xff, 0x80]);
  expect(await fetch()).toEqual([0xa2, 0xc5]);
});

test.each([
  ["no device is selected", []],
  ["two are", spiPins(0xe0)],
  ["the clock moves by itself", [...spiPins(0xf0), ...spiPins(0xf1)]],
  ["fewer than eight bits", [...spiPins(0xf0), 0x13, 3, 0xff]],
  ["data is set with the first edge", [...spiPins(0xf0), 0x10, 0, 0, 0xff]],
  ["data is taken with the second edge", [...spiPins(0xf0), 0x24, 0, 0]],
])("SPI: where %s, nobody understands what follows", async (_, before) => {
  const { seen, send, fetch } = spiChip();
  await send(...spiPins(0xf8), ...before, 0x31, 0, 0, 0x12);
  expect(seen.filter((each) => typeof each === "number")).toEqual([]);
  expect((await fetch()).at(-1)).toBe(0xff);
});
