/** Every device of `hid`, opened and read through its driver's component; ends with a table of what was accepted. */

import { HidBench } from "@busbar/contract";
import { parseReportDescriptor } from "@busbar/hid";
import { RecordedHid } from "@busbar/sim";
import { afterAll, describe, expect, test } from "vitest";
import { bytesOf, type CorpusDevice, componentOf, hidDevices, reportBits } from "./hid-corpus.ts";

const HID = "@busbar/hid";
/** A report of each driver's devices for which there is only a configuration: nothing is pressed. */
const idle: Readonly<Record<string, Uint8Array>> = {
  "@busbar/xbox-controller": bytesOf("2000050e0000000000000000000000000000"),
  "@busbar/playstation-controller": bytesOf(`0180808080${"00".repeat(59)}`),
};

const rows: string[][] = [];
afterAll(() => {
  const head = ["file", "device", "bytes", "driver", "accepted", "reports", "mistakes"];
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]!.length)),
  );
  const lines = [head, ...rows].map((row) =>
    row.map((cell, column) => cell.padEnd(widths[column]!)).join("  "),
  );
  console.log(`${lines.join("\n")}\n${rows.length} devices`);
});

function modelOf(device: CorpusDevice): RecordedHid {
  const { configuration_hex, descriptor_hex = "", vendor, product, subclass, protocol } = device;
  return new RecordedHid({
    vendorId: vendor,
    productId: product,
    subclass,
    protocol,
    reportDescriptor: bytesOf(descriptor_hex),
    configuration: configuration_hex === undefined ? undefined : bytesOf(configuration_hex),
  });
}

describe.each(hidDevices)("$file: $name", (device) => {
  const { configuration_hex, descriptor_hex, file, name, package: driver = HID, refused } = device;
  const add = (accepted: string, reports = 0, mistakes = 0) => {
    const bytes = `${(descriptor_hex ?? configuration_hex ?? "").length / 2}`;
    rows.push([file, name, bytes, driver, accepted, `${reports}`, `${mistakes}`]);
  };

  if (descriptor_hex !== undefined) {
    test("opens, and every input report is read", async () => {
      const bytes = bytesOf(descriptor_hex);
      const parsed = parseReportDescriptor(bytes);
      const bits = reportBits(bytes);
      expect(new Map(parsed.reports.map((each) => [`${each.type} ${each.id ?? 0}`, each.bitLength]))).toEqual(
        bits,
      );

      const model = modelOf(device);
      await using bench = new HidBench(componentOf(driver));
      bench.plug(model);
      await using hid = await bench.open();
      expect(hid.reportDescriptor).toEqual(bytes);
      const inputs = parsed.reports.filter(({ type }) => type === "input");
      for (const { id = 0, byteLength, transferLength } of inputs) {
        const report = new Uint8Array(transferLength);
        if (transferLength > byteLength) report[0] = id;
        model.report(report);
        expect(await hid.read({ timeoutMs: 1000 })).toMatchObject({ id });
      }
      expect(bench.warnings).toEqual([]);
      add("yes", parsed.reports.length, parsed.problems.length);
    });
    return;
  }

  test(refused === undefined ? "opens, and a report is read" : `is refused: ${refused}`, async () => {
    const model = modelOf(device);
    await using bench = new HidBench(componentOf(driver), interfacesOf(bytesOf(configuration_hex!)));
    bench.plug(model);
    if (refused !== undefined) {
      await expect(bench.open()).rejects.toMatchObject({ code: refused });
      add(`no: ${refused}`);
      return;
    }
    await using hid = await bench.open();
    model.report(idle[driver]!);
    const report = await hid.read({ timeoutMs: 1000 });
    expect(report?.values.length).toBeGreaterThan(10);
    add("yes", 1);
  });
});

/** bInterfaceNumber of all interfaces: USB 2.0 table 9-12. */
function interfacesOf(configuration: Uint8Array): number[] {
  const numbers = new Set<number>();
  for (let offset = 0; offset < configuration.length; offset += configuration[offset]!) {
    if (configuration[offset + 1] === 4) numbers.add(configuration[offset + 2]!);
  }
  return [...numbers];
}
