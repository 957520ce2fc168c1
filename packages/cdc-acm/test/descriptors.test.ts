/** Functional descriptors, and devices that do not describe themselves as CDC 1.2 asks for. */

import { parseConfiguration } from "@busbar/guest";
import { describe, expect, test } from "vitest";
import { type DeviceIdentity, findAcmFunctions, parseFunctionalDescriptors } from "../src/index.ts";

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

/** The control interface of a network adapter, and its union. */
const network = (number: number, dataInterface: number) => [
  setting(number, 0, 2, 6),
  union(number, dataInterface),
];

const find = (...descriptors: readonly (readonly number[])[]) => findOf(undefined, ...descriptors);

function findOf(identity: DeviceIdentity | undefined, ...descriptors: readonly (readonly number[])[]) {
  const bytes = descriptors.flat();
  const total = 9 + bytes.length;
  const configuration = [9, 2, total & 0xff, total >> 8, 2, 1, 0, 0x80, 50];
  return findAcmFunctions(parseConfiguration(Uint8Array.from([...configuration, ...bytes])), identity);
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
  ])("%s that is cut short is passed over, and nothing else is", (_, descriptor) => {
    const other = union(3, 4);
    const expected = functional(other, acm, header, callManagement(2));
    const found = functional(descriptor.slice(0, -1), other, acm, header, callManagement(2));
    expect(found).toEqual(expected);
  });

  test("of two of a kind the first counts", () => {
    const twice = [union(0, 1), union(0, 2), acm, [4, 0x24, 2, 0], header, header, callManagement(1)];
    expect(functional(...twice, callManagement(9))).toEqual(
      functional(union(0, 1), acm, header, callManagement(1)),
    );
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
    ["whose data interface is not there", [control(0), union(0, 1), interruptIn]],
    ["whose data interface has one endpoint", [control(0), union(0, 1), interruptIn, data(1), bulkIn]],
    ["whose endpoints have packets of 0 bytes", [control(0), data(1), [7, 5, 0x81, 2, 0, 0, 0], bulkOut]],
    ["whose data interface is a network's", [control(0), data(1), bulkIn, bulkOut, ...network(2, 1)]],
    ["of a vendor's protocol, as RNDIS is", [control(0, 0xff), union(0, 1), data(1), bulkIn, bulkOut]],
  ])("%s is none", (_, descriptors) => {
    expect(find(...descriptors)).toEqual([]);
  });

  test.each([
    ["without a union and call management", [control(0), acm, interruptIn, data(1), bulkIn, bulkOut]],
    ["whose functional descriptors are all missing", [control(0), interruptIn, data(1), bulkIn, bulkOut]],
    ["whose union is another one's", [control(0), union(2, 1), interruptIn, data(1), bulkIn, bulkOut]],
    [
      "whose call management names what is not there",
      [control(0), callManagement(9), interruptIn, data(1), bulkIn, bulkOut],
    ],
    [
      "whose control interface is described twice",
      [control(0), union(0, 1), interruptIn, control(0), data(1), bulkIn, bulkOut],
    ],
    ["whose data interface comes first", [data(1), bulkIn, bulkOut, control(0), acm, interruptIn]],
    ["with an endpoint 0", [control(0), interruptIn, data(1), [7, 5, 0x80, 2, 64, 0, 0], bulkIn, bulkOut]],
    [
      "with descriptors of others behind its endpoints",
      [
        control(0),
        acm,
        interruptIn,
        [3, 0x30, 0],
        data(1),
        bulkIn,
        [6, 0x30, 0, 0, 0, 0],
        bulkOut,
        [2, 0x41],
      ],
    ],
    [
      "with a vendor's class where the union points",
      [control(0), union(0, 1), interruptIn, setting(1, 0, 0xff), bulkIn, bulkOut],
    ],
    [
      "with its notifications beside its data",
      [control(0), union(0, 1), data(1), interruptIn, bulkIn, bulkOut],
    ],
    [
      "with one of its data endpoints beside its notifications",
      [control(0), bulkOut, interruptIn, data(1), bulkIn],
    ],
  ])("%s is found", (_, descriptors) => {
    expect(find(...descriptors)).toMatchObject([{ ...regular, notifications: { address: 0x82 } }]);
  });

  test("without a union gets the data interface of its association", () => {
    const association = [8, 11, 0, 3, 2, 2, 0, 0];
    const found = find(association, control(0), interruptIn, setting(1, 0, 0xff), data(2), bulkIn, bulkOut);
    expect(found).toMatchObject([{ ...regular, dataInterface: 2 }]);
  });

  test("behind a camera whose interfaces were counted in, but not in the union, is found", () => {
    // linux-usb mailing list: a webcam with a serial port, whose union and call management still say interface 1.
    const association = [8, 11, 2, 2, 2, 2, 1, 0];
    const camera = [setting(0, 0, 0x0e, 1), setting(1, 0, 0x0e, 2), bulkIn];
    const port = [control(2), header, acm, union(2, 1), callManagement(1), interruptIn, data(3)];
    const endpoints = [
      [7, 5, 0x05, 2, 0, 2, 0],
      [7, 5, 0x85, 2, 0, 2, 0],
    ];
    expect(find(...camera, association, ...port, ...endpoints)).toMatchObject([
      { controlInterface: 2, dataInterface: 3, input: { address: 0x85 }, output: { address: 0x05 } },
    ]);
  });

  test.each([
    ["no union", []],
    ["the first one's union", [union(0, 1)]],
    ["call management of the first one", [callManagement(1)]],
  ])("the second one, with %s, gets what is left", (_, functional) => {
    const others = [
      [7, 5, 0x83, 2, 64, 0, 0],
      [7, 5, 0x03, 2, 64, 0, 0],
    ];
    const first = [control(0), union(0, 1), interruptIn, data(1), bulkIn, bulkOut];
    const found = find(...first, control(2), ...functional, data(3), ...others);
    expect(found).toMatchObject([
      regular,
      { controlInterface: 2, dataInterface: 3, input: { address: 0x83 } },
    ]);
  });

  test("without notifications and a data interface is one interface", () => {
    const found = find(control(0), acm, bulkIn, bulkOut);
    expect(found).toMatchObject([{ ...regular, dataInterface: 0, notifications: undefined }]);
  });

  test.each([
    [
      "0572:1329, whose union is elsewhere",
      0x0572,
      0x1329,
      [setting(0, 0, 2, 2, 0xff), interruptIn, data(1)],
    ],
    [
      "22b8:2d92, of a vendor's class",
      0x22b8,
      0x2d92,
      [setting(0, 0, 0xff), interruptIn, setting(1, 0, 0xff)],
    ],
    [
      "0421:042d, of a vendor's protocol",
      0x0421,
      0x042d,
      [control(0, 0xff), union(0, 1), interruptIn, data(1)],
    ],
  ])("that Linux knows by its ids is found: %s", (_, vendorId, productId, descriptors) => {
    expect(find(...descriptors, bulkIn, bulkOut)).toEqual([]);
    expect(findOf({ vendorId, productId }, ...descriptors, bulkIn, bulkOut)).toMatchObject([
      { ...regular, notifications: { address: 0x82 } },
    ]);
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
