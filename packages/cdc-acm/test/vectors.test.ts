/** The shared vectors: real devices' descriptors, line codings seen on a bus, and malformed ones of each. */

import { DriverError, parseConfiguration } from "@busbar/guest";
import { describe, expect, test } from "vitest";
import {
  CdcError,
  decodeLineCoding,
  decodeSerialState,
  encodeLineCoding,
  findAcmFunctions,
  NotificationAssembler,
  parseFunctionalDescriptors,
  setControlLineState,
  setLineCoding,
} from "../src/index.ts";
import { bytes, type ConfigurationVector, hex, readVectors } from "./support.ts";

interface LineCodingVector {
  readonly name: string;
  readonly dwDTERate: number;
  readonly stop_bits: 1 | 1.5 | 2;
  readonly parity: "none" | "odd" | "even" | "mark" | "space";
  readonly bDataBits: number;
  readonly bytes_hex: string;
  readonly setup_set_interface0: string;
}

interface NotificationVector {
  readonly name: string;
  readonly bytes_hex: string;
  readonly expected: string | Readonly<Record<string, boolean>>;
}

const cdc = readVectors("usb_cdc_acm") as {
  readonly line_coding: readonly LineCodingVector[];
  readonly requests: readonly { readonly request: string; readonly setup: string }[];
  readonly notifications: readonly NotificationVector[];
  readonly malformed_line_coding: readonly { readonly name: string; readonly bytes_hex: string }[];
  readonly devices: readonly ConfigurationVector[];
};
const configurations = (
  readVectors("usb_config_descriptors") as { readonly cases: readonly ConfigurationVector[] }
).cases;
const malformed = (
  readVectors("malformed") as {
    readonly configuration_descriptors: readonly {
      readonly name: string;
      readonly configuration_hex: string;
    }[];
  }
).configuration_descriptors;

/** The setup packet of a class request to an interface without its length: USB 2.0 table 9-2. */
function setupOf(
  { request, value = 0, index = 0 }: ReturnType<typeof setLineCoding>,
  length: number,
): string {
  const setup = new DataView(new ArrayBuffer(8));
  setup.setUint8(0, 0x21);
  setup.setUint8(1, request);
  setup.setUint16(2, value, true);
  setup.setUint16(4, index, true);
  setup.setUint16(6, length, true);
  return hex(new Uint8Array(setup.buffer));
}

describe("line codings", () => {
  test.each(cdc.line_coding)("$name", (vector) => {
    const stopBits = ({ 1: "one", 1.5: "one-and-half", 2: "two" } as const)[vector.stop_bits];
    const { dwDTERate: baudRate, bDataBits: dataBits, parity } = vector;
    const settings = { baudRate, dataBits, parity, stopBits };
    expect(hex(encodeLineCoding(settings))).toBe(vector.bytes_hex);
    expect(decodeLineCoding(bytes(vector.bytes_hex))).toEqual(settings);
    expect(setupOf(setLineCoding(0), 7)).toBe(vector.setup_set_interface0);
  });

  test.each(cdc.malformed_line_coding)("$name is refused", ({ bytes_hex }) => {
    expect(() => decodeLineCoding(bytes(bytes_hex))).toThrow(CdcError);
  });
});

describe("requests", () => {
  const expected = new Map([
    ["SET_LINE_CODING", setupOf(setLineCoding(0), 7)],
    ["SET_CONTROL_LINE_STATE DTR=1 RTS=0", setupOf(setControlLineState({ dataTerminalReady: true }, 0), 0)],
    [
      "SET_CONTROL_LINE_STATE DTR=1 RTS=1 on interface 2",
      setupOf(setControlLineState({ dataTerminalReady: true, requestToSend: true }, 2), 0),
    ],
  ]);

  test.each(cdc.requests)("$request", ({ request, setup }) => {
    expect(expected.get(request)).toBe(setup);
  });
});

describe("notifications", () => {
  test.each(cdc.notifications)("$name", ({ bytes_hex, expected }) => {
    const notification = new NotificationAssembler().add(bytes(bytes_hex));
    if (typeof expected === "string") {
      expect(notification).toBeUndefined();
      return;
    }
    const state = decodeSerialState(notification!.data);
    expect({
      bRxCarrier_DCD: state.carrierDetect,
      bTxCarrier_DSR: state.dataSetReady,
      break_: state.breakReceived,
      ring: state.ring,
      framing: state.framingError,
      parity: state.parityError,
      overrun: state.overrun,
    }).toEqual(expected);
  });
});

describe("devices", () => {
  test("mik3y_standardDevice is a serial port", () => {
    expect(functionsOf("mik3y_standardDevice")).toEqual([
      {
        controlInterface: 0,
        dataInterface: 1,
        dataAlternateSetting: 0,
        notifications: { address: 0x83, type: "interrupt", packetBytes: 8 },
        input: { address: 0x81, type: "bulk", packetBytes: 8 },
        output: { address: 0x01, type: "bulk", packetBytes: 8 },
        capabilities: { commFeature: false, lineCoding: true, sendBreak: false, networkConnection: false },
      },
    ]);
  });

  test("mik3y_compositeRndisDevice has a serial port beside its network interface", () => {
    expect(functionsOf("mik3y_compositeRndisDevice")).toMatchObject([
      { controlInterface: 2, dataInterface: 3, input: { address: 0x84 }, output: { address: 0x04 } },
    ]);
  });

  test.each([...configurations, ...cdc.devices])("$name: as many ports as ACM interfaces", (vector) => {
    const controls = vector.expected.interfaces.filter(
      (each) => each.class === 2 && each.subclass === 2 && each.alternate === 0,
    );
    const found = findAcmFunctions(parseConfiguration(bytes(vector.configuration_hex)));
    expect(found.map(({ controlInterface }) => controlInterface)).toEqual(
      controls.map(({ number }) => number),
    );
    for (const [index, { input, output, dataInterface, notifications }] of found.entries()) {
      // The last byte of a union descriptor of two interfaces is the data interface.
      const union = controls[index]!.other_descriptors.find((each) => each.hex.startsWith("052406"))!;
      expect(dataInterface).toBe(bytes(union.hex)[4]);
      const data = vector.expected.interfaces.find(({ number }) => number === dataInterface)!;
      const sizes = new Map(data.endpoints.map((each) => [each.address, each.max_packet_size]));
      expect(sizes.get(input.address)).toBe(input.packetBytes);
      expect(sizes.get(output.address)).toBe(output.packetBytes);
      expect(notifications?.address).toBe(controls[index]!.endpoints[0]?.address);
    }
  });

  test.each([...configurations, ...cdc.devices])("$name: every functional descriptor is read", (vector) => {
    const { interfaces } = parseConfiguration(bytes(vector.configuration_hex));
    for (const { class: classCode, extra } of interfaces) {
      if (classCode !== 2) continue;
      const functional = extra.filter((each) => each[1] === 0x24);
      const parsed = parseFunctionalDescriptors(extra);
      const known = [parsed.cdcVersionBcd, parsed.callManagement, parsed.acm, parsed.union];
      const count = known.filter((each) => each !== undefined).length + parsed.otherSubtypes.length;
      expect(count).toBe(functional.length);
    }
  });
});

describe("malformed configurations", () => {
  test.each(malformed)("$name ends in a result or a typed error", ({ configuration_hex }) => {
    let functions: unknown;
    try {
      functions = findAcmFunctions(parseConfiguration(bytes(configuration_hex)));
    } catch (error) {
      expect(error instanceof CdcError || error instanceof DriverError).toBe(true);
      return;
    }
    // None of them is a serial port.
    expect(functions).toEqual([]);
  });
});

function functionsOf(name: string) {
  const { configuration_hex } = cdc.devices.find((each) => each.name === name)!;
  return findAcmFunctions(parseConfiguration(bytes(configuration_hex)));
}
