import { payload as payloadOf } from "@busbar/contract";
import { expect, test } from "vitest";
import { decodeProbe, encodeProbe, probeLength } from "../src/index.ts";
import { bytes } from "./support.ts";

test.each([
  [0x0000, 26],
  [0x0100, 26],
  [0x010f, 26],
  [0x0110, 34],
  [0x0149, 34],
  [0x0150, 48],
])("a camera of revision %i has controls of %i bytes", (version, length) => {
  expect(probeLength(version)).toBe(length);
});

test("asks for a mode, and leaves everything else to the camera", () => {
  const wanted = { formatIndex: 2, frameIndex: 3, interval: 333_333 };
  expect(Buffer.from(encodeProbe(wanted, 26)).toString("hex")).toBe(`0100020315160500${"00".repeat(18)}`);
  expect(encodeProbe(wanted, 48)).toHaveLength(48);
});

test("reads what the camera answers", () => {
  // bmHint, bFormatIndex, bFrameIndex, dwFrameInterval, five fields of two bytes, dwMaxVideoFrameSize, dwMaxPayloadTransferSize.
  const answer = bytes("0100 02 03 15160500 0000 0000 0000 0000 2000 00201c00 000c0000".replaceAll(" ", ""));
  expect(decodeProbe(answer)).toEqual({
    formatIndex: 2,
    frameIndex: 3,
    interval: 333_333,
    maximumPayloadBytes: 3072,
  });
});

test("an answer that is too short, or has payloads of nothing, is none", () => {
  expect(payloadOf(() => decodeProbe(new Uint8Array(25)))).toEqual({
    tag: "protocol",
    val: "The camera answers a probe with 25 bytes, and the shortest has 26; use another driver.",
  });
  expect(payloadOf(() => decodeProbe(new Uint8Array(26)))).toEqual({
    tag: "protocol",
    val: "The camera says that it sends payloads of 0 bytes; use another mode.",
  });
});
