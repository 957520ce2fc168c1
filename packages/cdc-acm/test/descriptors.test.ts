/** Functional descriptors, and devices that do not describe themselves as CDC 1.2 asks for. */

import { parseConfiguration } from "@busbar/guest";
import { describe, expect, test } from "vitest";
import { CdcError, findAcmFunctions, parseFunctionalDescriptors } from "../src/index.ts";

const header = [5, 0x24, 0x00, 0x20, 0x01];
const callManagement = (dataInterface: number) => [5, 0x24, 0x01, 0x03, dataInterface];
const acm = [4, 0x24, 0x02, 0x06];
const union = (control: number, ...data: number[]) => [4 + data.length, 0x24, 0x06, control, ...data];
const setting = (number: number, alternate: number, classCode: number, subclass = 0, protocol = 0) => [
  9,
  4,
  number,
  alternate,
  0,
  classCode,
  subclass,
  protocol,
  0,
];
const control = (number: number, protocol = 1) => setting(number, 0, 2, 2, protocol);
const data = (number: number, alternate = 0) => setting(number, alternate, 10);
const bulkIn = [7, 5, 0x81, 2, 64, 0, 0];
const bulkOut = [7, 5, 0x01, 2, 64, 0, 0];
const interruptIn = [7, 5, 0x82, 3, 8, 0, 16];

function find(...descriptors: readonly (readonly number[])[]) {
  const bytes = descriptors.flat();
  const total = 9 + bytes.length;
  const configuration = [9, 2, total & 0xff, total >> 8, 2, 1, 0, 0x80, 50];
  return findAcmFunctions(parseConfiguration(Uint8Array.from([...configuration, ...bytes])));
}

const functional = (...descriptors: readonly (readonly number[])[]) =>
  parseFunctionalDescriptors(descriptors.map((each) => Uint8Array.from(each)));

describe("functional descriptors", () => {
  test("say what a device can do", () => {
    expect(
      functional(header, callManagement(1), acm, union(0, 1, 2), [4, 0x24, 0x0f, 0], [7, 5, 0, 0]),
    ).toEqual({
      cdcVersionBcd: 0x0120,
      callManagement: { byDevice: true, overDataInterface: true, dataInterface: 1 },
      acm: { commFeature: false, lineCoding: true, sendBreak: true, networkConnection: false },
      union: { controlInterface: 0, subordinateInterfaces: [1, 2] },
      otherSubtypes: [0x0f],
    });
  });

  test.each([
    ["a header", header],
    ["call management", callManagement(1)],
    ["ACM", acm],
    ["a union", union(0, 1)],
    ["a union without a subordinate", [4, 0x24, 0x06, 0, 0]],
    ["a subtype", [3, 0x24, 0x11]],
  ])("%s that is cut short is refused", (_, descriptor) => {
    expect(() => functional(descriptor.slice(0, -1))).toThrow(CdcError);
  });

  test("two of a kind are refused", () => {
    expect(() => functional(union(0, 1), union(0, 2))).toThrow(CdcError);
  });
});

describe("a serial port", () => {
  const regular = {
    controlInterface: 0,
    dataInterface: 1,
    input: { address: 0x81 },
    output: { address: 0x01 },
  };

  test("is found by its union, whatever the order of endpoints", () => {
    const found = find(control(0), header, acm, union(0, 1), interruptIn, data(1), bulkOut, bulkIn);
    expect(found).toMatchObject([{ ...regular, notifications: { address: 0x82, packetBytes: 8 } }]);
  });

  test("needs no notification endpoint", () => {
    expect(find(control(0), acm, union(0, 1), data(1), bulkIn, bulkOut)).toMatchObject([regular]);
  });

  test("can have its endpoints in a later alternate setting", () => {
    const found = find(control(0), union(0, 1), interruptIn, data(1), data(1, 1), bulkIn, bulkOut);
    expect(found).toMatchObject([{ ...regular, dataAlternateSetting: 1 }]);
  });

  test("can name its interfaces the wrong way round", () => {
    expect(find(control(0), union(1, 0), interruptIn, data(1), bulkIn, bulkOut)).toMatchObject([regular]);
  });

  test("can have its functional descriptors after the endpoint", () => {
    expect(find(control(0), interruptIn, acm, union(0, 1), data(1), bulkIn, bulkOut)).toMatchObject([
      regular,
    ]);
  });

  test("without a union is found by call management", () => {
    const found = find(control(0), callManagement(1), interruptIn, data(1), bulkIn, bulkOut);
    expect(found).toMatchObject([regular]);
  });

  test("without a union and with three endpoints is one interface", () => {
    const found = find(control(0), callManagement(1), interruptIn, bulkIn, bulkOut);
    expect(found).toMatchObject([{ ...regular, dataInterface: 0 }]);
  });

  test.each([
    ["of itself", union(0, 0)],
    ["of an interface that is not there", union(7, 8)],
  ])("with a union %s is one interface", (_, wrong) => {
    const found = find(control(0), wrong, interruptIn, bulkIn, bulkOut);
    expect(found).toMatchObject([{ ...regular, dataInterface: 0, notifications: { address: 0x82 } }]);
  });

  test.each([
    ["without a union and call management", [control(0), acm, interruptIn, data(1), bulkIn, bulkOut]],
    ["whose data interface is not there", [control(0), union(0, 1), interruptIn]],
    ["whose data interface has one endpoint", [control(0), union(0, 1), interruptIn, data(1), bulkIn]],
    ["whose union is another one's", [control(0), union(2, 1), data(1), bulkIn, bulkOut, control(2)]],
    ["of a vendor's protocol, as RNDIS is", [control(0, 0xff), union(0, 1), data(1), bulkIn, bulkOut]],
  ])("%s is none", (_, descriptors) => {
    expect(find(...descriptors)).toEqual([]);
  });

  test("of two has its own endpoints", () => {
    const second = [
      control(2),
      union(2, 3),
      [7, 5, 0x84, 3, 8, 0, 16],
      data(3),
      [7, 5, 0x83, 2, 64, 0, 0],
      [7, 5, 0x03, 2, 64, 0, 0],
    ];
    const found = find(control(0), union(0, 1), interruptIn, data(1), bulkIn, bulkOut, ...second);
    expect(found).toMatchObject([
      regular,
      { controlInterface: 2, dataInterface: 3, input: { address: 0x83 } },
    ]);
  });
});
