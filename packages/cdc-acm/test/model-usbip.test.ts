/** The simulated serial port through the USB/IP server, spoken to as Linux' virtual host controller does. */

import { clientOf, stringsOf } from "@busbar/contract";
import { expect, it } from "vitest";
import { CdcAcmEcho } from "../src/model.ts";

it("the strings of a port", async () => {
  expect(await stringsOf(new CdcAcmEcho({ serialNumber: "c" }), 3)).toEqual(["Busbar", "serial echo", "c"]);
});

it("a serial port sends a zero-length packet after a full one, and takes one", async () => {
  const port = new CdcAcmEcho({ speed: "full" });
  const client = await clientOf(port);
  const full = Buffer.alloc(64, 0x55);
  client.submit({ seqnum: 1, direction: "out", ep: 1, data: full });
  expect(await client.reply("out")).toMatchObject({ actualLength: 64 });
  client.submit({ seqnum: 2, direction: "in", ep: 1, length: 64 });
  expect((await client.reply()).data).toEqual(full);
  client.submit({ seqnum: 3, direction: "in", ep: 1, length: 64 });
  expect(await client.reply()).toMatchObject({ seqnum: 3, status: 0, actualLength: 0 });
  client.submit({ seqnum: 4, direction: "out", ep: 1, data: Buffer.alloc(0) });
  expect(await client.reply("out")).toMatchObject({ status: 0, actualLength: 0 });
  expect(port.zeroLengthPackets).toBe(1);
});
