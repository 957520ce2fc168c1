/** The simulated keyboard and gamepad through the USB/IP server, spoken to as Linux' virtual host controller does. */

import { clientOf, stringsOf } from "@busbar/contract";
import { VirtualClock } from "@busbar/sim";
import { expect, it } from "vitest";
import { HidGamepad, HidKeyboard } from "../src/model.ts";

const EPIPE = -32;
const ECONNRESET = -104;

it("the strings of a keyboard", async () => {
  const keyboard = new HidKeyboard({ serialNumber: "k" }, new VirtualClock());
  expect(await stringsOf(keyboard, 3)).toEqual(["Busbar", "keyboard", "k"]);
});

it("a keyboard's endpoint stays pending, can be taken back, and keeps what nobody fetched", async () => {
  const keyboard = new HidKeyboard({}, new VirtualClock());
  const client = await clientOf(keyboard);
  expect(await client.control("210a000000000000")).toMatchObject({ status: 0 });
  client.submit({ seqnum: 1, direction: "in", ep: 1, length: 8 });
  client.submit({ seqnum: 2, direction: "in", ep: 1, length: 8 });
  client.unlink(3, 2);
  expect(await client.reply()).toMatchObject({ command: 4, seqnum: 3, status: ECONNRESET });
  client.unlink(4, 1);
  expect(await client.reply()).toMatchObject({ command: 4, seqnum: 4, status: ECONNRESET });
  keyboard.hold(4);
  client.submit({ seqnum: 5, direction: "in", ep: 1, length: 8 });
  expect(await client.reply()).toMatchObject({ seqnum: 5, data: Buffer.of(0, 0, 4, 0, 0, 0, 0, 0) });
});

it("a keyboard's report descriptor and lights go over endpoint 0", async () => {
  const keyboard = new HidKeyboard({}, new VirtualClock());
  const client = await clientOf(keyboard);
  expect((await client.control("8106002200000001")).data.subarray(0, 4)).toEqual(Buffer.of(5, 1, 9, 6));
  expect(await client.control("2109000200000100", Buffer.of(3))).toMatchObject({ actualLength: 1 });
  expect(keyboard.lights).toBe(3);
  expect(await client.control("2109000300000100", Buffer.of(3))).toMatchObject({ status: EPIPE });
});

it("a gamepad takes reports on its OUT endpoint", async () => {
  const gamepad = new HidGamepad({}, new VirtualClock());
  const client = await clientOf(gamepad);
  client.submit({ seqnum: 1, direction: "out", ep: 2, data: Buffer.of(2, 9, 8) });
  expect(await client.reply("out")).toMatchObject({ status: 0, actualLength: 3 });
  expect(gamepad.rumble).toEqual({ strong: 9, weak: 8 });
  client.submit({ seqnum: 2, direction: "out", ep: 2, data: Buffer.of(7) });
  expect(await client.reply("out")).toMatchObject({ status: EPIPE, actualLength: 0 });
});
