import { describe, expect, test } from "vitest";
import { parseConfigurationDescriptor, parseDeviceDescriptor } from "../src/bus/usb/descriptors.ts";
import malformed from "./vectors/malformed.json" with { type: "json" };
import vectors from "./vectors/usb_config_descriptors.json" with { type: "json" };

const bytes = (hex: string) => Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));

describe("descriptors of real devices", () => {
  test.each(vectors.cases)("$name", ({ configuration_hex, device_hex, expected, expected_device }) => {
    const parsed = parseConfigurationDescriptor(bytes(configuration_hex))!;
    expect(parsed).toMatchObject({
      descriptorType: 2,
      totalLength: expected.total_length,
      configurationValue: expected.configuration_value,
      configurationIndex: expected.configuration_string_index,
      attributes: expected.attributes,
      maxPower: expected.max_power_raw,
    });
    expect(parsed.interfaces).toMatchObject(
      expected.interfaces.map((each) => ({
        interfaceNumber: each.number,
        alternateSetting: each.alternate,
        interfaceClass: each.class,
        interfaceSubclass: each.subclass,
        interfaceProtocol: each.protocol,
        interfaceIndex: each.string_index,
        endpoints: each.endpoints.map((endpoint) => ({
          endpointAddress: endpoint.address,
          attributes: endpoint.attributes,
          maxPacketSize: endpoint.max_packet_raw,
          interval: endpoint.interval,
        })),
      })),
    );
    if (device_hex === null || expected_device === null) return;
    expect(parseDeviceDescriptor(bytes(device_hex))).toMatchObject({
      usbVersionBcd: expected_device.usb_bcd,
      deviceClass: expected_device.class,
      deviceSubclass: expected_device.subclass,
      deviceProtocol: expected_device.protocol,
      maxPacketSize0: expected_device.max_packet0,
      vendorId: expected_device.vendor_id,
      productId: expected_device.product_id,
      deviceVersionBcd: expected_device.device_bcd,
      manufacturerIndex: expected_device.manufacturer_index,
      productIndex: expected_device.product_index,
      serialNumberIndex: expected_device.serial_index,
      numConfigurations: expected_device.num_configurations,
    });
  });
});

test("what an interface's class adds is kept with the interface, also behind its endpoint", () => {
  const configuration = "0902250001010080320904000001030101000921110100012241000705810308000a03300104";
  const [keyboard] = parseConfigurationDescriptor(bytes(configuration))!.interfaces;
  expect(keyboard!.extra).toEqual([bytes("092111010001224100"), bytes("033001")]);
});

describe("malformed descriptors", () => {
  test.each(malformed.configuration_descriptors)(
    "$name: $requirement",
    ({ configuration_hex, requirement, cfgref }) => {
      const parsed = parseConfigurationDescriptor(bytes(configuration_hex));
      if (requirement === "reject") {
        expect(parsed).toBeUndefined();
        return;
      }
      const theirs = (cfgref as { interfaces: [number, number, number[]][] }).interfaces;
      expect(
        parsed!.interfaces.map(({ interfaceNumber, alternateSetting, endpoints }) => [
          interfaceNumber,
          alternateSetting,
          endpoints.map(({ endpointAddress }) => endpointAddress),
        ]),
      ).toEqual(theirs.map(([number, setting, ends]) => [number, setting, ends.map((each) => each & 0x8f)]));
    },
  );

  test("a device descriptor that is too short, or none", () => {
    for (const hex of [
      "",
      "12",
      "1201",
      "11010002000000400912010000010102030100",
      "12020002000000400912010000010102030100",
    ]) {
      expect(parseDeviceDescriptor(bytes(hex))).toBeUndefined();
    }
  });
});
