import type { Clock } from "../../clock.ts";
import { shortNames } from "../answer.ts";
import { requireDuration } from "../duration.ts";
import {
  askOpened,
  type DeviceLife,
  type GuestDevice,
  OpenedDevice,
  type OpenedGuest,
  openGuest,
} from "../opened-device.ts";
import { requireDescription, requireReport } from "./answer.ts";

/** busbar:device/hid `report-kind`. */
export type HidReportKind = "input" | "output" | "feature";

/** busbar:device/hid `info`; texts are empty where the device gives none. */
export interface HidInfo {
  readonly vendorId: number;
  readonly productId: number;
  readonly vendor: string;
  readonly product: string;
  readonly serialNumber: string;
  /** The maker's own version, binary-coded decimal. */
  readonly versionBcd: number;
  readonly bootInterface: "none" | "keyboard" | "mouse";
  readonly countryCode: number;
}

/** busbar:device/hid `collection`. A usage has its page in the upper 16 bits. */
export interface HidCollection {
  readonly kind: number;
  readonly usage: number;
  /** Index of the collection that it is in; undefined at the top. */
  readonly parent?: number | undefined;
}

/** busbar:device/hid `field-flags`. */
export interface HidFieldFlags {
  readonly constant: boolean;
  readonly variable: boolean;
  readonly relative: boolean;
  readonly wrap: boolean;
  readonly nonlinear: boolean;
  readonly noPreferred: boolean;
  readonly nullState: boolean;
  readonly volatile: boolean;
  readonly bufferedBytes: boolean;
}

/** busbar:device/hid `field`: one main item of the report descriptor. */
export interface HidField {
  readonly kind: HidReportKind;
  readonly reportId: number;
  readonly bitOffset: number;
  readonly bitSize: number;
  readonly count: number;
  readonly flags: HidFieldFlags;
  readonly usages: readonly { readonly minimum: number; readonly maximum: number }[];
  readonly logicalMinimum: number;
  readonly logicalMaximum: number;
  readonly physicalMinimum: number;
  readonly physicalMaximum: number;
  readonly unit: number;
  readonly unitExponent: number;
  /** Index of the innermost collection that it is in; undefined where the descriptor has it outside of all. */
  readonly collection?: number | undefined;
}

/** busbar:device/hid `value`. */
export interface HidValue {
  /** Index in `fields`. */
  readonly field: number;
  readonly usage: number;
  /** Undefined in the field's null state. */
  readonly number?: number | undefined;
}

/** busbar:device/hid `report`: decoded. */
export interface HidReport {
  readonly id: number;
  readonly values: readonly HidValue[];
}

/** busbar:device/hid `raw-report`. */
export interface HidRawReport {
  readonly id: number;
  /** Without the id. */
  readonly data: Uint8Array;
}

/** What `read` can be given. */
export interface HidReadOptions {
  /** How long to wait for a report, in milliseconds; 0 for not at all. Default: without end. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/**
 * The longest read. Calls into a driver go one after the other, but one that only waits ends as soon as another comes:
 * neither the lights nor the end wait for a long read. The driver's transfers wait for a second, too; a shorter read has
 * to cancel them and submit them all anew. Measured on a simulated keyboard, 3 s each, with reads of 100 ms that nothing
 * ended, and with these: 225 and 25 transfers that brought nothing while nobody typed; 3000 and none while 375 reports
 * came at 125 Hz, at 1.1 and 0.5 s of processor time, each with the app after 0.6 ms; and 70 and 1 ms until the lights
 * were on. Of reports that come while the app does not read for up to a second none is lost, eight at most.
 */
const LONGEST_WAIT_MS = 1000;

interface GuestHid extends GuestDevice {
  info(): Promise<HidInfo>;
  reportDescriptor(): Promise<Uint8Array>;
  collections(): Promise<HidCollection[]>;
  fields(): Promise<HidField[]>;
  read(timeoutMs: number): Promise<HidReport | undefined>;
  readRaw(timeoutMs: number): Promise<HidRawReport | undefined>;
  send(kind: HidReportKind, values: readonly HidValue[]): Promise<void>;
  sendRaw(kind: HidReportKind, report: HidRawReport): Promise<void>;
  get(kind: HidReportKind, id: number): Promise<HidReport>;
  getRaw(kind: HidReportKind, id: number): Promise<HidRawReport>;
  getIdle(id: number): Promise<number>;
  setIdle(id: number, durationMs: number): Promise<void>;
  getProtocol(): Promise<"boot" | "report">;
  setProtocol(protocol: "boot" | "report"): Promise<void>;
}

/** An opened human interface device. All methods throw DeviceError. */
export class Hid extends OpenedDevice<GuestHid> {
  readonly info: HidInfo;
  readonly reportDescriptor: Uint8Array;
  /** In the order of the report descriptor. */
  readonly collections: readonly HidCollection[];
  /** In the order of the report descriptor. */
  readonly fields: readonly HidField[];
  protected override readonly noun = "device";
  readonly #clock: Clock;
  readonly #longestWaitMs: number;

  private constructor(
    opened: OpenedGuest<GuestHid>,
    clock: Clock,
    parts: Pick<Hid, "info" | "reportDescriptor" | "collections" | "fields">,
  ) {
    super(opened);
    this.#clock = clock;
    // A call that takes as long as the board's limit ends the driver.
    this.#longestWaitMs = Math.min(LONGEST_WAIT_MS, Math.floor(opened.instance.callMs / 2));
    this.info = parts.info;
    this.reportDescriptor = parts.reportDescriptor;
    this.collections = parts.collections;
    this.fields = parts.fields;
  }

  /** Opens the device of a running instance. @throws DeviceError */
  static async open(name: string, instance: DeviceLife, clock: Clock): Promise<Hid> {
    const opened = await openGuest<GuestHid>(name, instance);
    const { device } = opened;
    const parts = await askOpened(opened, async () => {
      const told = {
        info: shortNames(await instance.call(() => device.info())),
        reportDescriptor: await instance.call(() => device.reportDescriptor()),
        collections: await instance.call(() => device.collections()),
        fields: await instance.call(() => device.fields()),
      };
      requireDescription(name, told);
      return told;
    });
    return new Hid(opened, clock, parts);
  }

  /** The next input report, decoded; undefined when none came in time. @throws the signal's reason when it aborts */
  async read(options: HidReadOptions = {}): Promise<HidReport | undefined> {
    const report = await this.#wait(options, (device, waitMs) => device.read(waitMs));
    return report && requireReport(this.name, this.fields, report);
  }

  /** The next input report as bytes; undefined when none came in time. @throws the signal's reason when it aborts */
  readRaw(options: HidReadOptions = {}): Promise<HidRawReport | undefined> {
    return this.#wait(options, (device, waitMs) => device.readRaw(waitMs));
  }

  /** Every input report, decoded, until `signal` aborts. */
  async *reports(options: { readonly signal?: AbortSignal } = {}): AsyncGenerator<HidReport, void, void> {
    for (;;) {
      const report = await this.read(options);
      if (report !== undefined) yield report;
    }
  }

  /** Sends an output or feature report in which these values are set and all others are 0. */
  send(kind: "output" | "feature", values: readonly HidValue[]): Promise<void> {
    return this.call((device) => device.send(kind, values));
  }

  /** Sends an output or feature report as bytes. */
  sendRaw(kind: "output" | "feature", report: HidRawReport): Promise<void> {
    return this.call((device) => device.sendRaw(kind, report));
  }

  /** Asks for a report, decoded. */
  async get(kind: HidReportKind, id = 0): Promise<HidReport> {
    return requireReport(this.name, this.fields, await this.call((device) => device.get(kind, id)));
  }

  /** Asks for a report as bytes. */
  getRaw(kind: HidReportKind, id = 0): Promise<HidRawReport> {
    return this.call((device) => device.getRaw(kind, id));
  }

  /** How often a report is repeated when nothing changes, in milliseconds; 0 for never. */
  idleMs(id = 0): Promise<number> {
    return this.call((device) => device.getIdle(id));
  }

  /** Sets it, 0 to 1020 ms; id 0 means all reports. */
  setIdleMs(durationMs: number, id = 0): Promise<void> {
    return this.call((device) => device.setIdle(id, durationMs));
  }

  /** The protocol in force; `unsupported` where the device has no boot interface. */
  protocol(): Promise<"boot" | "report"> {
    return this.call((device) => device.getProtocol());
  }

  /** Chooses the protocol. */
  setProtocol(protocol: "boot" | "report"): Promise<void> {
    return this.call((device) => device.setProtocol(protocol));
  }

  async #wait<Report>(
    { timeoutMs = Number.POSITIVE_INFINITY, signal }: HidReadOptions,
    read: (device: GuestHid, waitMs: number) => Promise<Report | undefined>,
  ): Promise<Report | undefined> {
    requireDuration(this.name, "timeout", timeoutMs);
    const endMs = this.#clock.now() + timeoutMs;
    for (;;) {
      signal?.throwIfAborted();
      const leftMs = Math.max(Math.ceil(endMs - this.#clock.now()), 0);
      const waitMs = Math.min(leftMs, this.#longestWaitMs);
      const report = await this.call((device) => read(device, waitMs), { yields: waitMs > 0 });
      if (report !== undefined || this.#clock.now() >= endMs) return report;
    }
  }
}
