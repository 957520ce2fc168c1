/** Cases of HID devices as data: what the device says and does, and what a user must see. One more case is one more entry. */

import type { Hid, HidReport } from "@busbar/host";
import { RecordedHid, type UsbFault } from "@busbar/sim";
import { describe, expect, test } from "vitest";
import { hidBenchWith } from "./hid-bench.ts";

/** A file of cases. */
export interface HidVectors {
  /** What the cases are about. */
  readonly about: string;
  readonly cases: readonly HidVector[];
}

/** One case. */
export interface HidVector {
  readonly id: string;
  /** The package that drives it; @busbar/hid where it is left out. */
  readonly package?: string;
  readonly device: {
    readonly vendor?: number;
    readonly product?: number;
    readonly descriptor_hex?: string;
    readonly configuration_hex?: string;
    readonly subclass?: number;
    readonly protocol?: number;
    /** wDescriptorLength, where it is another number than what is sent. */
    readonly claimed?: number;
    readonly hasOut?: boolean;
    /** Control requests that it refuses or does not answer: "21/0b" is bmRequestType and bRequest. */
    readonly stall?: readonly string[];
    readonly silent?: readonly string[];
    /** What it answers to GET_REPORT, by wValue in hexadecimal. */
    readonly features?: Readonly<Record<string, string>>;
  };
  /** Why it is right. */
  readonly right_in_words: string;
  readonly right: {
    /** It cannot be opened. */
    readonly open_error?: boolean;
    readonly reports?: readonly ReportVector[];
    readonly fields?: readonly FieldVector[];
  };
}

/** What must come of one or several reports that the device sends. Usages are eight hexadecimal digits. */
interface ReportVector {
  readonly report_hex: string | readonly string[];
  /** The keys that are down, all of them. */
  readonly pressed?: readonly string[];
  /** All values in order. */
  readonly values?: readonly UsageVector[];
  /** Some of the values; null for none. */
  readonly has?: readonly UsageVector[];
  /** Buttons of the gamepad: all that are pressed, or some. */
  readonly gamepad?: { readonly pressed?: readonly number[]; readonly has?: readonly number[] };
}

type UsageVector = readonly [usage: string, value: number | null];

interface FieldVector {
  readonly usage: string;
  readonly count?: number;
  readonly bitSize?: number;
  readonly bitOffset?: number;
  /** A logical value, and what it is physically. */
  readonly physical_of?: readonly [logical: number, physical: number];
}

/** `gamepadStates` of @busbar/hid, which this package cannot import: it is tested by it. */
export type GamepadStates = (
  hid: Hid,
) => AsyncGenerator<{ readonly buttons: readonly { readonly pressed: boolean }[] }, void, void>;

/** Opening takes as long for each optional request that is not answered, and no longer. */
const OPTIONAL_MS = 500;
const KEYBOARD_PAGE = "0007";

/**
 * Declares a test for each case of this package.
 *
 * @param packageName "@busbar/hid"
 * @param component the path of its built component
 * @param gamepadStates that of @busbar/hid
 */
export function hidVectors(
  packageName: string,
  component: string,
  { about, cases }: HidVectors,
  gamepadStates: GamepadStates,
): void {
  describe(about, () => {
    const own = cases.filter((each) => (each.package ?? "@busbar/hid") === packageName);
    test.each(own)("$id: $right_in_words", async ({ device, right }) => {
      const model = new RecordedHid(optionsOf(device));
      await using bench = hidBenchWith(component, model, { faults: faultsOf(device) });
      if (right.open_error) {
        await expect(bench.open()).rejects.toMatchObject({ code: "protocol" });
        return;
      }
      await using hid = await bench.open();
      expect(bench.clock.now()).toBeLessThanOrEqual((device.silent ?? []).length * OPTIONAL_MS);
      for (const field of right.fields ?? []) expectField(hid, field);
      const states = gamepadStates(hid);
      for (const report of right.reports ?? []) {
        for (const hex of [report.report_hex].flat()) model.report(bytesOf(hex));
        if (report.gamepad === undefined) expectValues(await hid.read({ timeoutMs: 1000 }), report);
        else expectButtons((await states.next()).value ?? undefined, report.gamepad);
      }
    });
  });
}

function optionsOf({ configuration_hex, descriptor_hex, features = {}, ...device }: HidVector["device"]) {
  const reports = Object.entries(features).map(
    ([value, hex]) => [Number.parseInt(value, 16), bytesOf(hex)] as const,
  );
  return {
    vendorId: device.vendor,
    productId: device.product,
    reportDescriptor: bytesOf(descriptor_hex ?? ""),
    claimedLength: device.claimed,
    subclass: device.subclass,
    protocol: device.protocol,
    hasOutput: device.hasOut,
    configuration: configuration_hex === undefined ? undefined : bytesOf(configuration_hex),
    reports: new Map(reports),
  };
}

function faultsOf({ stall = [], silent = [] }: HidVector["device"]): UsbFault[] {
  const always = (fault: "stall" | "silent") => (request: string) => ({ fault, request, every: 1 }) as const;
  return [...stall.map(always("stall")), ...silent.map(always("silent"))];
}

function expectValues(report: HidReport | undefined, { pressed, values, has }: ReportVector): void {
  const found = (report?.values ?? []).map(({ usage, number }) => [hexOf(usage), number ?? null] as const);
  if (pressed !== undefined) {
    const keys = found.filter(
      ([usage, number]) => usage.startsWith(KEYBOARD_PAGE) && number !== null && number !== 0,
    );
    expect(keys.map(([usage]) => usage)).toEqual(pressed);
  }
  if (values !== undefined) expect(found).toEqual(values);
  for (const value of has ?? []) expect(found).toContainEqual(value);
}

function expectButtons(
  state: { readonly buttons: readonly { readonly pressed: boolean }[] } | undefined,
  { pressed, has = [] }: NonNullable<ReportVector["gamepad"]>,
): void {
  const buttons = (state?.buttons ?? []).flatMap((button, index) => (button.pressed ? [index] : []));
  if (pressed !== undefined) expect(buttons).toEqual(pressed);
  for (const button of has) expect(buttons).toContain(button);
}

function expectField({ fields }: Hid, { usage, physical_of, ...rest }: FieldVector): void {
  const wanted = Number.parseInt(usage, 16);
  const own = fields.filter(({ usages }) =>
    usages.some(({ minimum, maximum }) => wanted >= minimum && wanted <= maximum),
  );
  expect(own).toContainEqual(expect.objectContaining(rest));
  if (physical_of === undefined) return;
  const [field] = own;
  const { logicalMinimum, logicalMaximum, physicalMinimum, physicalMaximum, unitExponent } = field!;
  const [logical, physical] = physical_of;
  const share = (logical - logicalMinimum) / (logicalMaximum - logicalMinimum);
  const value = physicalMinimum + share * (physicalMaximum - physicalMinimum);
  expect(value * 10 ** unitExponent).toBeCloseTo(physical);
}

function hexOf(usage: number): string {
  return usage.toString(16).padStart(8, "0");
}

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex, "hex"));
}
