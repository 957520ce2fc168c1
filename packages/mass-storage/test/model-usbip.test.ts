/** The simulated disk through the USB/IP server, spoken to as Linux' virtual host controller does. */

import { clientOf, stringsOf } from "@busbar/contract";
import { VirtualClock } from "@busbar/sim";
import { expect, it } from "vitest";
import { Disk, MemoryMedium } from "../src/model.ts";

const EPIPE = -32;

it("the strings of a disk", async () => {
  const disk = new Disk({ units: [{}], serialNumber: "d" }, new VirtualClock());
  expect(await stringsOf(disk, 3)).toEqual(["Busbar", "disk", "d"]);
});

it("a disk stalls what is no command, until it is reset and its halts are cleared", async () => {
  const disk = new Disk({ units: [{ medium: new MemoryMedium(65536) }] }, new VirtualClock());
  const client = await clientOf(disk);
  client.submit({ seqnum: 1, direction: "out", ep: 2, data: Buffer.alloc(31) });
  expect(await client.reply("out")).toMatchObject({ status: EPIPE });
  client.submit({ seqnum: 2, direction: "in", ep: 1, length: 13 });
  expect(await client.reply()).toMatchObject({ status: EPIPE });
  for (const request of ["21ff000000000000", "0201000081000000", "0201000002000000"]) {
    expect(await client.control(request)).toMatchObject({ status: 0 });
  }
  // TEST UNIT READY: BOT 1.0 section 5.1.
  const wrapper = Buffer.from("55534243 01000000 00000000 00 00 06".replaceAll(" ", ""), "hex");
  client.submit({ seqnum: 3, direction: "out", ep: 2, data: Buffer.concat([wrapper, Buffer.alloc(16)]) });
  expect(await client.reply("out")).toMatchObject({ status: 0, actualLength: 31 });
  client.submit({ seqnum: 4, direction: "in", ep: 1, length: 13 });
  expect((await client.reply()).data.subarray(0, 8).toString("hex")).toBe("5553425301000000");
});
