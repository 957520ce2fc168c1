/** What every driver of busbar:device/hid must do, whichever device it drives. */

import type { Hid } from "@busbar/host";
import type { UsbTransferRequest } from "@busbar/host/backend";
import { type RecordedHid, requestName, type UsbFault, type UsbFaultKind } from "@busbar/sim";
import { describe, expect, test } from "vitest";
import { garbledDevice } from "./garbled-device.ts";
import { HidBench, hidBenchWith } from "./hid-bench.ts";
import { failure, settle } from "./strike.ts";
import { expectUsbWorld } from "./usb-world.ts";

/** What the suite has to know of a driver. */
export interface HidContract {
  /** The path of its built component. */
  readonly component: string;
  /** A new device that the driver drives, well behaved. */
  readonly device: () => RecordedHid;
  /** A report of the device, as it sends it. */
  readonly report: Uint8Array;
  /** Some of what `read` must make of it: usage, as 32 bits, and number. */
  readonly values: readonly (readonly [usage: number, number: number])[];
  /** A report that the driver has to pass over; none where it takes whatever comes. */
  readonly unknownReport?: Uint8Array;
  /**
   * Control requests that the driver cannot do without, by bmRequestType, bRequest and the upper byte of wValue; the report
   * descriptor, "81/06/22", where it is left out. Each other one is refused and left unanswered, and the device must open.
   */
  readonly required?: readonly string[];
  /** How many devices that answer nearly right are tried; 150 where it is left out. */
  readonly garbled?: number;
}

/** HID 1.11 section 7.1: the report descriptor. */
const REQUIRED = ["81/06/22"];
/** What a device may take that does not answer what it can work without. */
const OPTIONAL_MS = 500;
const REFUSALS: readonly UsbFaultKind[] = ["stall", "no-response", "silent"];
const NOTHING = new Uint8Array();

/**
 * Declares the tests of one driver's built component.
 *
 * @param name what the tests are of: "HID keyboard", "DualSense"
 */
export function hidContract(name: string, contract: HidContract): void {
  const { component, device, garbled = 150, report, required = REQUIRED, unknownReport, values } = contract;

  /** What opening the device asks it for that it can work without, and how often anything is sent to an endpoint. */
  async function optionalTransfers(): Promise<UsbFault[]> {
    const faults = new Map<string, UsbFault>();
    const onTransfer = ({ endpoint, setup }: UsbTransferRequest) => {
      if (setup === undefined) {
        if (endpoint < 0x80) faults.set(`${endpoint}`, { fault: "stall", endpoint, every: 1 });
        return;
      }
      const type = (setup.wValue >> 8).toString(16).padStart(2, "0");
      const request = requestName(setup);
      if (required.includes(`${request}/${type}`)) return;
      faults.set(`${request} ${setup.wValue}`, { fault: "stall", request, value: setup.wValue, every: 1 });
    };
    await using bench = hidBenchWith(component, device(), { onTransfer });
    await using _ = await bench.open();
    return [...faults.values()];
  }

  async function expectReport(hid: Hid, from: RecordedHid, sent = report): Promise<void> {
    from.report(sent);
    const read = await hid.read({ timeoutMs: 1000 });
    for (const [usage, number] of values) {
      expect(read?.values).toContainEqual(expect.objectContaining({ usage, number }));
    }
  }

  describe(`${name} as a HID device`, () => {
    test("imports what its world declares and nothing more", () => {
      expectUsbWorld(component, "hid");
    });

    test("opens, reads a report, closes, and opens again, and has nothing to complain of", async () => {
      const model = device();
      await using bench = hidBenchWith(component, model);
      for (let round = 0; round < 2; round++) {
        await using hid = await bench.open();
        await expectReport(hid, model);
        expect(await hid.read({ timeoutMs: 0 })).toBeUndefined();
      }
      expect(bench.warnings).toEqual([]);
    });

    test("what it can work without may be refused or not answered: it opens, and says so once", async () => {
      const faults = await optionalTransfers();
      for (const fault of REFUSALS.flatMap((kind) => faults.map((each) => ({ ...each, fault: kind })))) {
        const model = device();
        let struck = 0;
        const onTransfer = ({ endpoint, setup }: UsbTransferRequest) => {
          const isControl = setup !== undefined && requestName(setup) === fault.request;
          if (isControl ? setup.wValue === fault.value : endpoint === fault.endpoint) struck++;
        };
        await using bench = hidBenchWith(component, model, { faults: [fault], onTransfer });
        const what = JSON.stringify(fault);
        const startMs = bench.clock.now();
        await using hid = await bench.open().catch((cause: unknown) => {
          throw new Error(`${what} keeps it shut`, { cause });
        });
        expect(struck, what).toBeGreaterThan(0);
        expect(bench.clock.now() - startMs, what).toBeLessThanOrEqual(OPTIONAL_MS * struck);
        await expectReport(hid, model);
        expect(new Set(bench.warnings).size, what).toBe(bench.warnings.length);
      }
    });

    test("all of that at once", async () => {
      const faults = (await optionalTransfers()).map((each) => ({ ...each, fault: "silent" as const }));
      const model = device();
      await using bench = hidBenchWith(component, model, { faults });
      await using hid = await bench.open();
      await expectReport(hid, model);
    });

    test("a report that lacks its last byte is a report", async () => {
      const model = device();
      await using bench = hidBenchWith(component, model);
      await using hid = await bench.open();
      model.report(report.subarray(0, -1));
      expect((await hid.read({ timeoutMs: 1000 }))?.values.length).toBeGreaterThan(0);
      await expectReport(hid, model);
    });

    test("an empty packet is no report, and a report that it does not know is passed over", async () => {
      const model = device();
      await using bench = hidBenchWith(component, model);
      await using hid = await bench.open();
      for (const passedOver of [NOTHING, ...(unknownReport === undefined ? [] : [unknownReport])]) {
        model.report(passedOver);
        await expectReport(hid, model);
        for (let count = 0; count < 20; count++) model.report(passedOver);
        expect(await hid.read({ timeoutMs: 20 })).toBeUndefined();
        model.report(passedOver);
        model.report(report);
        expect((await hid.readRaw({ timeoutMs: 1000 }))?.data.length).toBeGreaterThan(0);
      }
    });

    test("a device that answers nearly right gives reports or typed errors, and never the end of the driver", async () => {
      await using bench = new HidBench(component);
      const good = device();
      bench.plug(good);
      await (await bench.open())[Symbol.asyncDispose]();
      let opened = 0;
      for (let seed = 1; seed <= garbled; seed++) {
        const model = device();
        bench.plug(garbledDevice(() => model, seed));
        const outcome = await settle(() => bench.open());
        if ("error" in outcome) continue;
        opened++;
        for (let count = 0; count < 4; count++) {
          model.report(report);
          await settle(() => outcome.value.read({ timeoutMs: 10 }));
        }
        await outcome.value[Symbol.asyncDispose]();
      }
      expect(bench.traps).toEqual([]);
      // Or else what is tried is nothing like a device.
      expect(opened).toBeGreaterThan(garbled / 4);
      bench.plug(good);
      await using hid = await bench.open();
      await expectReport(hid, good);
    });

    test("a device that is gone is disconnected, and works when it is back", async () => {
      const model = device();
      await using bench = hidBenchWith(component, model);
      const hid = await bench.open();
      const waiting = failure(hid.read());
      bench.plug(model);
      expect((await waiting).tag).toBe("disconnected");
      await hid[Symbol.asyncDispose]();
      await using again = await bench.open();
      await expectReport(again, model);
    });
  });
}
