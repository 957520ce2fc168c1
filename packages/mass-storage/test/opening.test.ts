/** How the driver opens a device, whatever that answers, on exact transfers. */

import { parseConfiguration } from "@busbar/guest";
import type { ExpectedUsbStep, PlaybackDevice } from "@busbar/guest/usb-playback";
import { describe, expect, test } from "vitest";
import * as scsi from "../src/scsi.ts";
import { bytes } from "./hex.ts";
import { failure, open, play } from "./played.ts";
import { capacityData, inquiryData, mediumSteps, openSteps, senseSteps, sizeSteps, steps } from "./stick.ts";
import malformed from "./vectors/malformed.json" with { type: "json" };
import configurations from "./vectors/usb_config_descriptors.json" with { type: "json" };

const maxLun: ExpectedUsbStep = { control: [0xa1, 0xfe, 0, 0], in: [0] };

describe("opening", () => {
  test("asks what it is, waits for it, and closes", () => {
    play([...steps(5, scsi.testUnitReady())], ({ driver }) => {
      expect(driver.info()).toEqual({
        vendor: "Acme",
        product: "Stick",
        revision: "1.00",
        blockSize: 512,
        blockCount: 1000,
        readOnly: false,
        removable: true,
        maximumTransferBlocks: 2048,
      });
      driver.close();
      driver.close();
    });
  });

  test("a stall of GET MAX LUN means one unit", () => {
    const [, ...rest] = openSteps();
    open([{ ...maxLun, error: "pipe" }, ...rest]);
  });

  test("a unit that the device does not have", () => {
    expect(failure(() => open([maxLun], { lun: 1 }))).toEqual({
      tag: "not-found",
      val: 'The device has no unit 1, only 0 to 0; correct the setting "lun".',
    });
  });

  test("nothing behind the unit, and another kind of device", () => {
    const inquiry = (first: number) => [
      maxLun,
      ...steps(1, scsi.inquiry(36), { in: inquiryData().with(0, first) }),
    ];
    expect(failure(() => open(inquiry(0x7f))).tag).toBe("not-found");
    expect(failure(() => open(inquiry(0x01))).tag).toBe("wrong-device");
  });

  test("INQUIRY data that a stall hides are asked for again, as many as there are", () => {
    const [max, ...rest] = openSteps();
    const short = inquiryData().slice(0, 20);
    const stalled = steps(1, scsi.inquiry(36), { in: short, length: 36 });
    const [command, , status] = stalled as [ExpectedUsbStep, ExpectedUsbStep, ExpectedUsbStep];
    const again = [...steps(2, scsi.inquiry(20), { in: short }), ...mediumSteps(3, 999)];
    const data: ExpectedUsbStep = { endpoint: 0x81, in: new Uint8Array(36), error: "pipe" };
    const ahead: ExpectedUsbStep = { endpoint: 0x81, in: [] };
    const { driver } = open([max!, command, data, ahead, { clearHalt: 0x81 }, status, ...again]);
    expect(rest.length).toBeGreaterThan(0);
    driver.close();
  });

  test("attentions are taken note of, and the unit is waited for", () => {
    const { playback, time } = open([
      maxLun,
      ...steps(1, scsi.inquiry(36), { in: inquiryData() }),
      ...steps(2, scsi.testUnitReady(), undefined, 1),
      ...senseSteps(3, 6, 0x29),
      ...steps(4, scsi.testUnitReady(), undefined, 1),
      ...senseSteps(5, 6, 0x28),
      ...steps(6, scsi.testUnitReady(), undefined, 1),
      ...senseSteps(7, 2, 0x04, 0x01),
      ...steps(8, scsi.startStopUnit(true, false, true)),
      ...steps(9, scsi.testUnitReady(), undefined, 1),
      ...senseSteps(10, 2, 0x04, 0x02),
      ...mediumSteps(11, 999),
    ]);
    playback.done();
    expect(time.ms).toBe(200);
  });

  test("a unit that does not get ready is waited for no longer than the setting says", () => {
    const polls = [2, 5, 7, 9].flatMap((tag) => [
      ...steps(tag, scsi.testUnitReady(), undefined, 1),
      ...senseSteps(tag + 1, 2, 0x04, 0x01),
      ...(tag === 2 ? steps(4, scsi.startStopUnit(true, false, true)) : []),
    ]);
    const expected = [maxLun, ...steps(1, scsi.inquiry(36), { in: inquiryData() }), ...polls];
    expect(failure(() => open(expected, { readyTimeoutMs: 300 }))).toMatchObject({
      tag: "timeout",
      val: expect.stringContaining("becoming ready (04/01)"),
    });
  });

  test("manual intervention is not waited for", () => {
    const expected = [
      maxLun,
      ...steps(1, scsi.inquiry(36), { in: inquiryData() }),
      ...steps(2, scsi.testUnitReady(), undefined, 1),
      ...senseSteps(3, 2, 0x04, 0x03),
    ];
    expect(failure(() => open(expected)).tag).toBe("timeout");
  });

  test("attentions without end are passed over: the size of the medium is asked for all the same", () => {
    const attentions = Array.from({ length: 8 }, (_, index) => [
      ...steps(2 + 2 * index, scsi.testUnitReady(), undefined, 1),
      ...senseSteps(3 + 2 * index, 6, 0x29),
    ]).flat();
    const expected = [maxLun, ...steps(1, scsi.inquiry(36), { in: inquiryData() }), ...attentions];
    const { driver, playback } = open([...expected, ...sizeSteps(18, 999)]);
    // It is not asked again.
    expect(driver.info().blockCount).toBe(1000);
    playback.done();
  });

  test("no medium", () => {
    const expected = [
      maxLun,
      ...steps(1, scsi.inquiry(36), { in: inquiryData() }),
      ...steps(2, scsi.testUnitReady(), undefined, 1),
      ...senseSteps(3, 2, 0x3a),
    ];
    expect(failure(() => open(expected)).tag).toBe("not-found");
  });

  test("more blocks than READ CAPACITY (10) says, and a device that does not know MODE SENSE", () => {
    const capacity = new Uint8Array(32);
    new DataView(capacity.buffer).setBigUint64(0, 2n ** 33n);
    new DataView(capacity.buffer).setUint32(8, 4096);
    const mode = (tag: number, page: number, length: number) => [
      ...steps(tag, scsi.modeSense6(page, length), { in: new Uint8Array(), length }, 1),
      ...senseSteps(tag + 1, 5, 0x20),
    ];
    const { driver, playback } = open([
      maxLun,
      ...steps(1, scsi.inquiry(36), { in: inquiryData(false) }),
      ...steps(2, scsi.testUnitReady()),
      ...steps(3, scsi.readCapacity10(), { in: capacityData(0xffff_ffff) }),
      ...steps(4, scsi.readCapacity16(), { in: capacity }),
      // An odd number of blocks: whether the last one is there.
      ...steps(5, scsi.read(2 ** 33, 1), { in: new Uint8Array(4096) }),
      ...mode(6, 0x3f, 192),
      ...mode(8, 0, 4),
    ]);
    expect(driver.info()).toMatchObject({ blockCount: 2 ** 33 + 1, blockSize: 4096, readOnly: false });
    playback.done();
  });
});

describe("configuration descriptors", () => {
  const vector = configurations.cases.find(({ name }) => name === "espusb_tusb_msc_config_desc")!;

  /** A device with the interfaces of a configuration. */
  function deviceOf(configuration: string): PlaybackDevice {
    return {
      interfaces: parseConfiguration(bytes(configuration)).interfaces.map((each) => ({
        interfaceNumber: each.number,
        alternateSetting: each.alternateSetting,
        interfaceClass: each.class,
        interfaceSubclass: each.subclass,
        interfaceProtocol: each.protocol,
        endpoints: each.endpoints.map(({ address, attributes, maxPacketSize }) => ({
          endpointAddress: address,
          attributes,
          maxPacketSize,
        })),
      })),
    };
  }

  test("vector espusb_tusb_msc_config_desc is driven", () => {
    const elsewhere = openSteps().map((step) =>
      "endpoint" in step && step.endpoint === 0x02 ? { ...step, endpoint: 0x01 } : step,
    );
    const { driver, playback } = open(elsewhere, {}, deviceOf(vector.configuration_hex));
    driver.close();
    playback.done();
  });

  const others = configurations.cases.filter(({ name }) => name !== vector.name);
  const all = [...others, ...malformed.configuration_descriptors];

  test.each(all)("$name is another device, or none", ({ configuration_hex }) => {
    expect(["wrong-device", "protocol"]).toContain(
      failure(() => open([], {}, deviceOf(configuration_hex))).tag,
    );
  });
});
