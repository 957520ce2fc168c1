import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UsbIpProtocolError } from "../src/usbip/protocol.ts";
import { type UsbIpMessage, UsbIpMessageStream } from "../src/usbip/stream.ts";

/** The example of Documentation/usb/usbip_protocol.rst: an interrupt transfer each way, captured from the wire. */
const CMD_IN =
  "00000001 00000d05 0001000f 00000001 00000001 00000200 00000040 ffffffff 00000000 00000004 00000000 00000000";
const CMD_OUT =
  "00000001 00000d06 0001000f 00000000 00000001 00000000 00000040 ffffffff 00000000 00000004 00000000 00000000" +
  `ffffffff860008a784ce5ae212376300${"00".repeat(48)}`;
const CMD_UNLINK = `00000002 00000d07 0001000f 00000000 00000000 00000d05 ${"00".repeat(24)}`;

const bytes = (hexadecimal: string) => Buffer.from(hexadecimal.replaceAll(/\s/g, ""), "hex");
const busid = (text: string) => Buffer.from(text.padEnd(32, "\0")).toString("hex");

function messages(stream: UsbIpMessageStream): UsbIpMessage[] {
  const found: UsbIpMessage[] = [];
  for (let next = stream.next(); next !== undefined; next = stream.next()) found.push(next);
  return found;
}

function streamOf(input: Uint8Array, imported: boolean): UsbIpMessageStream {
  const stream = new UsbIpMessageStream();
  if (imported) stream.imported();
  stream.push(input);
  return stream;
}

/** A submit with some fields replaced, each at its offset. */
function submitWith(fields: Record<number, number>): Uint8Array {
  const message = bytes(CMD_IN);
  for (const [offset, value] of Object.entries(fields)) message.writeUInt32BE(value, Number(offset));
  return message;
}

describe("operations", () => {
  it("reads a request for the list of devices, and one to import", () => {
    const stream = streamOf(bytes(`0111 8005 00000000 0111 8003 00000000 ${busid("1-1")}`), false);
    expect(messages(stream)).toEqual([{ kind: "list" }, { kind: "import", busid: "1-1" }]);
  });

  it.each([
    ["another version", "0106 8005 00000000"],
    ["another operation", "0111 8002 00000000"],
    ["a reply instead of a request", "0111 0005 00000000"],
    ["HTTP", "47455420 2f204854"],
    ["a bus id without an end", `0111 8003 00000000 ${"31".repeat(32)}`],
  ])("refuses %s", (_, text) => {
    expect(() => streamOf(bytes(text), false).next()).toThrow(UsbIpProtocolError);
  });
});

describe("commands", () => {
  it("reads the specification's example", () => {
    const [first, second, third, ...rest] = messages(streamOf(bytes(CMD_IN + CMD_OUT + CMD_UNLINK), true));
    expect(first).toMatchObject({
      kind: "submit",
      packets: undefined,
      header: { seqnum: 0xd05, devid: 0x1000f, direction: "in", ep: 1, transferFlags: 0x200, interval: 4 },
      data: new Uint8Array(),
    });
    expect(second).toMatchObject({ header: { seqnum: 0xd06, direction: "out", transferBufferLength: 0x40 } });
    expect(second?.kind === "submit" && [...second.data.subarray(0, 8)]).toEqual([
      0xff, 0xff, 0xff, 0xff, 0x86, 0x00, 0x08, 0xa7,
    ]);
    expect(third).toMatchObject({ kind: "unlink", header: { seqnum: 0xd07, unlinkSeqnum: 0xd05 } });
    expect(rest).toEqual([]);
  });

  it("reads the packets of an isochronous transfer", () => {
    const stream = streamOf(submitWith({ 32: 2 }), true);
    expect(stream.next()).toBeUndefined();
    stream.push(bytes("00000000 00000010 00000000 00000000 00000010 00000030 00000000 00000000"));
    stream.push(bytes(CMD_UNLINK));
    const packets = [
      { offset: 0, length: 0x10 },
      { offset: 0x10, length: 0x30 },
    ];
    expect(messages(stream)).toMatchObject([{ kind: "submit", packets }, { kind: "unlink" }]);
  });

  it.each([
    ["behind its transfer", "00000040 00000001"],
    ["longer than its transfer", "00000000 00000041"],
    ["so long that offset and length wrap around", "ffffffff 00000001"],
  ])("refuses an isochronous packet %s", (_, packet) => {
    const stream = streamOf(submitWith({ 32: 1 }), true);
    stream.push(bytes(`${packet} 00000000 00000000`));
    expect(() => stream.next()).toThrow(UsbIpProtocolError);
  });

  it.each([
    ["command 0", { 0: 0 }],
    ["a reply", { 0: 3 }],
    ["direction 2", { 12: 2 }],
    ["endpoint 16", { 16: 16 }],
    ["a buffer of 4 GiB", { 12: 0, 24: 0xffff_ffff }],
    ["a buffer of 4 GiB to read", { 24: 0xffff_ffff }],
    ["a million packets", { 32: 1_000_000 }],
  ])("refuses %s", (_, fields) => {
    expect(() => streamOf(submitWith(fields as Record<number, number>), true).next()).toThrow(
      UsbIpProtocolError,
    );
  });

  it("finds the same messages however the bytes are cut", () => {
    const whole = bytes(CMD_IN + CMD_OUT + CMD_UNLINK + CMD_OUT);
    const expected = messages(streamOf(whole, true));
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 90 }), { minLength: 1, maxLength: 60 }), (sizes) => {
        const stream = streamOf(new Uint8Array(), true);
        const found: UsbIpMessage[] = [];
        let offset = 0;
        for (const size of [...sizes, whole.length]) {
          stream.push(whole.subarray(offset, offset + size));
          offset += size;
          found.push(...messages(stream));
        }
        expect(found).toEqual(expected);
      }),
      { seed: 3240, numRuns: 200 },
    );
  });

  it("bears any bytes: messages, a wait for more, or a protocol error", () => {
    const command = fc.uint8Array({ minLength: 1, maxLength: 200 });
    const nearlyRight = fc
      .tuple(fc.constantFrom(1, 2), fc.uint8Array({ minLength: 44, maxLength: 120 }))
      .map(([code, rest]) => Uint8Array.of(0, 0, 0, code, ...rest));
    fc.assert(
      fc.property(fc.oneof(command, nearlyRight), fc.boolean(), (input, imported) => {
        const stream = streamOf(input, imported);
        try {
          for (const message of messages(stream)) expect(message.kind).toMatch(/list|import|submit|unlink/);
        } catch (error) {
          expect(error).toBeInstanceOf(UsbIpProtocolError);
        }
      }),
      { seed: 3240, numRuns: 5000 },
    );
  });
});
