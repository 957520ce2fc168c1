/** Human interface devices, for apps whose world imports them. */

/// <reference path="../../generated/index.d.ts" preserve="true" />

import {
  type Collection,
  type Device,
  type Field,
  type Info,
  open,
  type Protocol,
  type RawReport,
  type Report,
  type ReportKind,
  type Value,
} from "busbar:device/hid@0.1.0";
import { called } from "./called.ts";

export type {
  Collection as HidCollection,
  Field as HidField,
  Info as HidInfo,
  Protocol as HidProtocol,
  RawReport as HidRawReport,
  Report as HidReport,
  ReportKind as HidReportKind,
  Value as HidValue,
} from "busbar:device/hid@0.1.0";

/**
 * A keyboard, mouse, gamepad or any other human interface device. All methods throw DriverError; after `disconnected`,
 * open it again. Usages have their page in the upper 16 bits.
 */
export interface AppHid {
  /** Which device this is. */
  readonly info: Info;
  /** As the device gives it. */
  readonly reportDescriptor: Uint8Array;
  /** In the order of the report descriptor. */
  readonly collections: readonly Collection[];
  /** In the order of the report descriptor. */
  readonly fields: readonly Field[];
  /** The next input report, decoded; waits for it at most `timeoutMs` milliseconds. */
  read(timeoutMs: number): Report | undefined;
  /** The next input report as bytes. */
  readRaw(timeoutMs: number): RawReport | undefined;
  /** Sends an output or feature report in which these values are set and all others are 0. */
  send(kind: ReportKind, values: readonly Value[]): void;
  /** Sends an output or feature report as bytes. */
  sendRaw(kind: ReportKind, report: RawReport): void;
  /** Asks for a report, decoded. */
  get(kind: ReportKind, id: number): Report;
  /** Asks for a report as bytes. */
  getRaw(kind: ReportKind, id: number): RawReport;
  /** How often a report is repeated when nothing changes, in milliseconds; 0 for never. */
  idleMs(id: number): number;
  /** Sets it, 0 to 1020 ms; id 0 means all reports. */
  setIdleMs(id: number, durationMs: number): void;
  /** The protocol in force; `unsupported` where the device has no boot interface. */
  protocol(): Protocol;
  /** Chooses the protocol. */
  setProtocol(protocol: Protocol): void;
  /** Gives it back. */
  close(): void;
}

/**
 * Opens the human interface device that the board wires to `name`.
 *
 * @throws DriverError: `access-denied` when the board does not let this app use it; others from its driver
 */
export function openHid(name: string): AppHid {
  const device: Device = called(() => open(name));
  return {
    info: device.info(),
    reportDescriptor: device.reportDescriptor(),
    collections: device.collections().map(unsignedCollection),
    fields: device.fields().map(unsignedField),
    read: (timeoutMs) => {
      const report = called(() => device.read(timeoutMs));
      // An option without a value is null in a QuickJS guest.
      return report ? unsignedReport(report) : undefined;
    },
    readRaw: (timeoutMs) => called(() => device.readRaw(timeoutMs)) ?? undefined,
    // QuickJS makes 2^31 - 1 of a u32 that is larger; as a negative number it arrives whole, in both engines.
    send: (kind, values) =>
      called(() =>
        device.send(
          kind,
          values.map((value) => ({ ...value, usage: value.usage | 0 })),
        ),
      ),
    sendRaw: (kind, report) => called(() => device.sendRaw(kind, report)),
    get: (kind, id) => unsignedReport(called(() => device.get(kind, id))),
    getRaw: (kind, id) => called(() => device.getRaw(kind, id)),
    idleMs: (id) => called(() => device.getIdle(id)),
    setIdleMs: (id, durationMs) => called(() => device.setIdle(id, durationMs)),
    protocol: () => called(() => device.getProtocol()),
    setProtocol: (protocol) => called(() => device.setProtocol(protocol)),
    close: () => device.close(),
  };
}

/** A u32 of 2^31 and more, which usages of vendor pages are, arrives negative in a QuickJS guest. */
function unsignedField(field: Field): Field {
  const usages = field.usages.map(({ minimum, maximum }) => ({
    minimum: minimum >>> 0,
    maximum: maximum >>> 0,
  }));
  return { ...field, usages, unit: field.unit >>> 0 };
}

function unsignedCollection({ kind, usage, parent }: Collection): Collection {
  const collection = { kind, usage: usage >>> 0 };
  return typeof parent === "number" ? { ...collection, parent } : collection;
}

function unsignedReport({ id, values }: Report): Report {
  return {
    id,
    values: values.map(({ field, usage, number }) => {
      const value = { field, usage: usage >>> 0 };
      return typeof number === "number" ? { ...value, number } : value;
    }),
  };
}
