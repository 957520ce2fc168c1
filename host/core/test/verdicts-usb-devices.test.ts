import { describe, expect, test } from "vitest";
import type { UsbInterfaceDescriptor } from "../src/bus/usb/descriptors.ts";
import { fittingInterfaces, parseUsbFits } from "../src/bus/usb/fits.ts";
import { shareInterfaces } from "../src/bus/usb/overlap.ts";
import { isSecurityKey, usesFido } from "../src/bus/usb/security-keys.ts";
import { bytes, cases, deviceEntry } from "./verdict-tables.ts";

type KeyCase = { name: string } & (
  | { vendorId: string; productId: string; key: boolean }
  | { report: string; fido: boolean }
);

interface FitCase {
  name: string;
  manifest: unknown;
  device: {
    vendorId: string;
    productId: string;
    settings: { number: number; class: number; subclass: number; protocol: number }[];
  };
  /** For each fit of the manifest; null where that is malformed. */
  interfaces: number[][] | null;
}

describe("security keys", () => {
  test.each(cases<KeyCase>("security-keys.json"))("$name", (each) => {
    if ("report" in each) expect(usesFido(bytes(each.report))).toBe(each.fido);
    else expect(isSecurityKey(Number(each.vendorId), Number(each.productId))).toBe(each.key);
  });
});

describe("two entries on one device", () => {
  test.each(cases<{ name: string; left: object; right: object; share: boolean }>("usb-overlap.json"))(
    "$name",
    ({ left, right, share }) => {
      const [one, other] = [left, right].map((usb) => deviceEntry({ driver: "./x.wasm", usb }).usb!);
      expect(shareInterfaces(one!, other!)).toBe(share);
      expect(shareInterfaces(other!, one!)).toBe(share);
    },
  );
});

describe("what a driver is for", () => {
  test.each(cases<FitCase>("usb-fits.json"))("$name", ({ manifest, device, interfaces }) => {
    const ids = { vendorId: Number(device.vendorId), productId: Number(device.productId) };
    const settings = device.settings.map(
      (setting) =>
        ({
          interfaceNumber: setting.number,
          interfaceClass: setting.class,
          interfaceSubclass: setting.subclass,
          interfaceProtocol: setting.protocol,
        }) as UsbInterfaceDescriptor,
    );
    const fits = parseUsbFits(manifest)?.map((fit) => fittingInterfaces(fit, ids, settings));
    expect(fits ?? null).toEqual(interfaces);
  });
});
