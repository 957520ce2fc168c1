import { describe, expect, test } from "vitest";
import { DriverError, parseConfiguration, parseString } from "../src/index.ts";
import malformed from "./vectors/malformed.json" with { type: "json" };
import vectors from "./vectors/usb_config_descriptors.json" with { type: "json" };

const bytes = (digits: string) =>
  Uint8Array.from(digits.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
const hex = (data: Uint8Array) => Array.from(data, (byte) => byte.toString(16).padStart(2, "0")).join("");

/** A configuration in the words of the vectors. */
function inTheirWords(configuration: Uint8Array) {
  const parsed = parseConfiguration(configuration);
  return {
    total_length: parsed.totalLength,
    num_interfaces: parsed.declaredInterfaces,
    configuration_value: parsed.value,
    configuration_string_index: parsed.stringIndex,
    attributes: parsed.attributes,
    max_power_raw: parsed.maxPower,
    interfaces: parsed.interfaces.map((each) => ({
      number: each.number,
      alternate: each.alternateSetting,
      num_endpoints_declared: each.declaredEndpoints,
      class: each.class,
      subclass: each.subclass,
      protocol: each.protocol,
      string_index: each.stringIndex,
      endpoints: each.endpoints.map((endpoint) => ({
        address: endpoint.address,
        attributes: endpoint.attributes,
        max_packet_raw: endpoint.maxPacketSize,
        interval: endpoint.interval,
        other_descriptors: endpoint.extra.map(hex),
      })),
      other_descriptors: each.extra.map(hex),
    })),
  };
}

describe("configurations of real devices", () => {
  test.each(vectors.cases)("$name", ({ configuration_hex, expected }) => {
    const parsed = inTheirWords(bytes(configuration_hex));
    const { interfaces, ...head } = parsed;
    expect(expected).toMatchObject(head);
    expect(interfaces).toHaveLength(expected.interfaces.length);
    for (const [index, each] of interfaces.entries()) {
      const { endpoints, other_descriptors, ...fields } = each;
      const wanted = expected.interfaces[index]!;
      expect(wanted).toMatchObject(fields);
      expect(other_descriptors).toEqual(wanted.other_descriptors.map(hexOf));
      expect(endpoints).toHaveLength(wanted.endpoints.length);
      for (const [place, endpoint] of endpoints.entries()) {
        const { other_descriptors: others, ...rest } = endpoint;
        expect(wanted.endpoints[place]).toMatchObject(rest);
        expect(others).toEqual(wanted.endpoints[place]!.other_descriptors.map(hexOf));
      }
    }
  });
});

/** The vectors have a further descriptor as text or as a record. */
function hexOf(other: unknown): string {
  return typeof other === "string" ? other : (other as { hex: string }).hex;
}

describe("malformed configurations end in DriverError or in what is well formed", () => {
  test.each(malformed.configuration_descriptors)(
    "$name: $requirement",
    ({ configuration_hex, requirement, cfgref }) => {
      const parse = () => parseConfiguration(bytes(configuration_hex));
      if (requirement === "reject") {
        expect(parse).toThrow(DriverError);
        return;
      }
      const listed = parse().interfaces.map((each) => [
        each.number,
        each.alternateSetting,
        each.endpoints.map(({ address }) => address),
      ]);
      // Reserved bits of an endpoint's address are masked here, and kept there.
      const theirs = (cfgref as { interfaces: [number, number, number[]][] }).interfaces;
      expect(listed).toEqual(
        theirs.map(([number, setting, ends]) => [number, setting, ends.map((each) => each & 0x8f)]),
      );
    },
  );
});

describe("strings", () => {
  test.each(malformed.string_descriptors.filter(({ expected }) => "text" in expected))("$name", (vector) => {
    expect(parseString(bytes(vector.descriptor_hex))).toBe((vector.expected as { text: string }).text);
  });

  test("half a surrogate pair is replaced, a whole one is kept", () => {
    expect(parseString(bytes("04033dd8"))).toBe("\ufffd");
    expect(parseString(bytes("06033dd800de"))).toBe("😀");
    expect(parseString(bytes("060300de3dd8"))).toBe("\ufffd\ufffd");
  });

  test.each(["", "02", "0402410041", "0103"])("%j is no string", (descriptor) => {
    expect(() => parseString(bytes(descriptor))).toThrow(DriverError);
  });

  test("a length past the end is cut", () => {
    expect(parseString(bytes("ff0341004200"))).toBe("AB");
  });
});
