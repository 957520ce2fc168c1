/** From the driver to the WIT export busbar:device/hid. What it runs on is a parameter here. */

import {
  type Board,
  type DriverDefinition,
  DriverError,
  exported,
  type Opened,
  OpenedDevice,
  type OptionTable,
  openDriver,
} from "@busbar/guest";
import { type Collection, type ReportType, usageId } from "./field.ts";
import { type ListedField, type ListedFields, listFields } from "./field-list.ts";
import type { HidDriver, HidInfo } from "./hid-driver.ts";
import type { Protocol } from "./hid-interface.ts";
import { isKeyboardError } from "./keyboard.ts";
import type { DecodedReport } from "./report.ts";
import type { UsageValue } from "./report-builder.ts";

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

/** What the driver package of a HID device, or of one that is shown as such, says about itself. */
export type HidDefinition<Table extends OptionTable, Given extends unknown[]> = DriverDefinition<
  Table,
  HidDriver,
  Given
>;

/** The value that a component exports under the name `hid`. */
export interface HidExport {
  /** WIT `open`. Throws the WIT error. */
  open(name: string): Device;
  /** The class of what `open` returns: the engines look for it by this name. */
  readonly Device: typeof Device;
}

/** Makes the export for `definition` on what the component imports. */
export function hidOn<const Table extends OptionTable, Given extends unknown[]>(
  board: Board,
  definition: HidDefinition<Table, Given>,
): HidExport {
  return { Device, open: (name) => exported(() => new Device(openDriver(board, definition, name))) };
}

/** The WIT resource `device`. */
class Device extends OpenedDevice<HidDriver> {
  readonly #list: ListedFields;

  constructor(opened: Opened<HidDriver>) {
    super(opened);
    this.#list = listFields(opened.driver.reportDescriptor);
  }

  /** WIT `info`. */
  info(): HidInfo {
    return this.driver.info;
  }

  /** WIT `report-descriptor`. */
  reportDescriptor(): Uint8Array {
    return this.driver.reportDescriptorBytes;
  }

  /** WIT `collections`. */
  collections(): WitCollection[] {
    const { collections } = this.#list;
    const indexes = new Map<Collection | undefined, number>(collections.map((each, index) => [each, index]));
    return collections.map(({ type: kind, usage, parent }) => {
      return { kind, usage: u32(usage), parent: indexes.get(parent) };
    });
  }

  /** WIT `fields`. */
  fields(): readonly ListedField[] {
    return this.#list.fields.map((field) => ({
      ...field,
      usages: field.usages.map(({ minimum, maximum }) => ({ minimum: u32(minimum), maximum: u32(maximum) })),
      unit: u32(field.unit),
    }));
  }

  /** WIT `read`. */
  read(timeoutMs: number): WitReport | undefined {
    return this.run((driver) => {
      const report = driver.read(unsigned(timeoutMs));
      return report === undefined ? undefined : this.#reportOf(report);
    });
  }

  /** WIT `read-raw`. */
  readRaw(timeoutMs: number): WitRawReport | undefined {
    return this.run((driver) => {
      const report = driver.readRaw(unsigned(timeoutMs));
      return report === undefined ? undefined : { id: report.id ?? 0, data: report.data };
    });
  }

  /** WIT `send`. */
  send(kind: ReportType, values: readonly WitValue[]): void {
    this.run((driver) => {
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
      driver.send(
        report,
        given.filter((each): each is typeof each & UsageValue => each.value !== undefined),
      );
    });
  }

  /** WIT `send-raw`. */
  sendRaw(kind: ReportType, { id, data }: WitRawReport): void {
    this.run((driver) => driver.sendRaw(kind, { id: idOf(id), data }));
  }

  /** WIT `get`. */
  get(kind: ReportType, id: number): WitReport {
    return this.run((driver) => this.#reportOf(driver.get(kind, idOf(id))));
  }

  /** WIT `get-raw`. */
  getRaw(kind: ReportType, id: number): WitRawReport {
    return this.run((driver) => ({ id, data: driver.getRaw(kind, idOf(id)).data }));
  }

  /** WIT `get-idle`. */
  getIdle(id: number): number {
    return this.run((driver) => driver.getIdle(id));
  }

  /** WIT `set-idle`. */
  setIdle(id: number, durationMs: number): void {
    this.run((driver) => driver.setIdle(id, durationMs));
  }

  /** WIT `get-protocol`. */
  getProtocol(): Protocol {
    return this.run((driver) => driver.getProtocol());
  }

  /** WIT `set-protocol`. */
  setProtocol(protocol: Protocol): void {
    this.run((driver) => driver.setProtocol(protocol));
  }

  /** Of an array only the usages that are active; of a variable field that says nothing, a value without a number. */
  #reportOf({ report, values }: DecodedReport): WitReport {
    const listed = values.flatMap(({ field, usage, value, inRange }): WitValue[] => {
      const index = this.#list.indexOf(field, usage);
      if (usage === undefined || index === undefined) return [];
      // Id 0 of every page is "nothing", which arrays are filled up with.
      if (field.kind === "array" && usageId(usage) === 0) return [];
      // A keyboard that cannot tell its keys says nothing of them.
      const number = isKeyboardError(usage) ? undefined : 1;
      if (field.kind === "array") return [{ field: index, usage: u32(usage), number }];
      return [{ field: index, usage: u32(usage), number: inRange ? value : undefined }];
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

/** QuickJS makes 2^31 - 1 of a u32 result that is larger; as a negative number it arrives whole, in both engines. */
function u32(value: number): number {
  return value | 0;
}
