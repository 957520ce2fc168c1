/** From the driver to the WIT export busbar:device/hid. Where the device comes from is a parameter here. */

import { DriverError, exported } from "@busbar/guest";
import { type Collection, type ReportType, usageId } from "./field.ts";
import { type ListedField, type ListedFields, listFields } from "./field-list.ts";
import type { Hid } from "./hid.ts";
import type { BootInterface } from "./hid-descriptor.ts";
import type { Protocol } from "./hid-interface.ts";
import type { DecodedReport } from "./report.ts";
import type { UsageValue } from "./report-builder.ts";

/** WIT `info`, but for what the HID descriptor says. */
export interface DeviceIdentity {
  readonly vendorId: number;
  readonly productId: number;
  /** bcdDevice. */
  readonly versionBcd: number;
  /** Empty where the device does not say; as the next two. */
  readonly vendor: string;
  readonly product: string;
  readonly serialNumber: string;
}

/** WIT `info`. */
export interface WitInfo extends DeviceIdentity {
  readonly bootInterface: BootInterface;
  readonly countryCode: number;
}

/** WIT `collection`. */
export interface WitCollection {
  readonly kind: number;
  readonly usage: number;
  readonly parent?: number | undefined;
}

/** WIT `value`. */
export interface WitValue {
  readonly field: number;
  readonly usage: number;
  readonly number?: number | undefined;
}

/** WIT `report`. */
export interface WitReport {
  readonly id: number;
  readonly values: WitValue[];
}

/** WIT `raw-report`. */
export interface WitRawReport {
  readonly id: number;
  readonly data: Uint8Array;
}

/** An opened driver, and which device it drives. */
export interface OpenedHid {
  readonly identity: DeviceIdentity;
  readonly driver: Hid;
}

/** The value that a component exports under the name `hid`. */
export interface HidExport {
  /** WIT `open`. Throws the WIT error. */
  open(name: string): Device;
  /** The class of what `open` returns: the engines look for it by this name. */
  readonly Device: typeof Device;
}

/** Makes the export. @param openDriver opens the device that the board calls by a name; throws DriverError */
export function hidOn(openDriver: (name: string) => OpenedHid): HidExport {
  return { Device, open: (name) => exported(() => new Device(openDriver(name))) };
}

/** The WIT resource `device`. */
class Device implements Disposable {
  readonly #identity: DeviceIdentity;
  readonly #driver: Hid;
  readonly #list: ListedFields;

  constructor({ identity, driver }: OpenedHid) {
    this.#identity = identity;
    this.#driver = driver;
    this.#list = listFields(driver.reportDescriptor);
  }

  /** WIT `info`. */
  info(): WitInfo {
    const { bootInterface, countryCode } = this.#driver.hidDescriptor;
    return { ...this.#identity, bootInterface, countryCode };
  }

  /** WIT `report-descriptor`. */
  reportDescriptor(): Uint8Array {
    return this.#driver.reportDescriptorBytes;
  }

  /** WIT `collections`. */
  collections(): WitCollection[] {
    const { collections } = this.#list;
    const indexes = new Map<Collection | undefined, number>(collections.map((each, index) => [each, index]));
    return collections.map(({ type: kind, usage, parent }) => ({ kind, usage, parent: indexes.get(parent) }));
  }

  /** WIT `fields`. */
  fields(): readonly ListedField[] {
    return this.#list.fields;
  }

  /** WIT `read`. */
  read(timeoutMs: number): WitReport | undefined {
    return exported(() => {
      const report = this.#driver.read(unsigned(timeoutMs));
      return report === undefined ? undefined : this.#reportOf(report);
    });
  }

  /** WIT `read-raw`. */
  readRaw(timeoutMs: number): WitRawReport | undefined {
    return exported(() => {
      const report = this.#driver.readRaw(unsigned(timeoutMs));
      return report === undefined ? undefined : { id: report.id ?? 0, data: report.data };
    });
  }

  /** WIT `send`. */
  send(kind: ReportType, values: readonly WitValue[]): void {
    exported(() => {
      const given = values.map(({ field: index, usage, number: value }) => {
        const field = this.#list.originals[unsigned(index)];
        if (field === undefined)
          throw DriverError.invalidArgument(`There is no field ${index}; see the list of fields.`);
        return { field, usage: unsigned(usage), value };
      });
      const [first] = given;
      if (first === undefined)
        throw DriverError.invalidArgument("There is no value to send; give at least one.");
      const { report } = first.field;
      if (report.type !== kind || given.some(({ field }) => field.report !== report)) {
        throw DriverError.invalidArgument(
          `All values must be of one ${kind} report; send one report at a time.`,
        );
      }
      // A value without a number is the null state, which buildReport leaves a control in that it is not given.
      this.#driver.send(
        report,
        given.filter((each): each is typeof each & UsageValue => each.value !== undefined),
      );
    });
  }

  /** WIT `send-raw`. */
  sendRaw(kind: ReportType, { id, data }: WitRawReport): void {
    exported(() => this.#driver.sendRaw(kind, { id: idOf(id), data }));
  }

  /** WIT `get`. */
  get(kind: ReportType, id: number): WitReport {
    return exported(() => this.#reportOf(this.#driver.get(kind, idOf(id))));
  }

  /** WIT `get-raw`. */
  getRaw(kind: ReportType, id: number): WitRawReport {
    return exported(() => ({ id, data: this.#driver.getRaw(kind, idOf(id)).data }));
  }

  /** WIT `get-idle`. */
  getIdle(id: number): number {
    return exported(() => this.#driver.getIdle(id));
  }

  /** WIT `set-idle`. */
  setIdle(id: number, durationMs: number): void {
    exported(() => this.#driver.setIdle(id, durationMs));
  }

  /** WIT `get-protocol`. */
  getProtocol(): Protocol {
    return exported(() => this.#driver.getProtocol());
  }

  /** WIT `set-protocol`. */
  setProtocol(protocol: Protocol): void {
    exported(() => this.#driver.setProtocol(protocol));
  }

  /** WIT `close`. */
  close(): void {
    this.#driver.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** Of an array only the usages that are active; of a variable field that says nothing, a value without a number. */
  #reportOf({ report, values }: DecodedReport): WitReport {
    const listed = values.flatMap(({ field, usage, value, inRange }): WitValue[] => {
      const index = this.#list.indexOf(field, usage);
      if (usage === undefined || index === undefined) return [];
      // Id 0 of every page is "nothing", which arrays are filled up with.
      if (field.kind === "array" && usageId(usage) === 0) return [];
      if (field.kind === "array") return [{ field: index, usage, number: 1 }];
      return [{ field: index, usage, number: inRange ? value : undefined }];
    });
    return { id: report.id ?? 0, values: listed };
  }
}

function idOf(id: number): number | undefined {
  return id === 0 ? undefined : id;
}

/** A u32 of 2^31 and more arrives negative in a QuickJS guest. */
function unsigned(value: number): number {
  return value >>> 0;
}
