/** What every device of the HID class does: USB HID 1.11. */

import {
  Change,
  noEndpoint,
  randomBytes,
  stall,
  type TransferSignal,
  type UsbDescriptors,
  type UsbDevice,
  type UsbModelClock,
  type UsbSetup,
} from "@busbar/model";
import {
  DESCRIPTOR_HID,
  DESCRIPTOR_REPORT,
  encodeHidDescriptor,
  type HidDefinition,
  type HidReport,
  type HidReportType,
  hidDescriptors,
  INPUT_ENDPOINT,
  OUTPUT_ENDPOINT,
  wireLength,
} from "./descriptors.ts";

/** bmRequestType and bRequest: HID 1.11 sections 7.1 and 7.2. */
const GET_DESCRIPTOR = 0x8106;
const GET_REPORT = 0xa101;
const GET_IDLE = 0xa102;
const GET_PROTOCOL = 0xa103;
const SET_REPORT = 0x2109;
const SET_IDLE = 0x210a;
const SET_PROTOCOL = 0x210b;

/** Report types in wValue, from 1 (section 7.2.1). */
const REPORT_TYPES: readonly HidReportType[] = ["input", "output", "feature"];
/** In wValue, and what GET_PROTOCOL answers (section 7.2.5). */
const PROTOCOLS = ["boot", "report"] as const;
/** Idle rates are in steps of so many milliseconds (section 7.2.4). */
const IDLE_STEP_MS = 4;

const NOTHING = new Uint8Array();

/** What all HID models can be given. */
export interface HidDeviceOptions {
  /** Tells devices apart. Default: "1". */
  readonly serialNumber?: string | undefined;
  /** A seed: the report descriptor is random bytes, as many as the right one has. */
  readonly garbageReportDescriptor?: number | undefined;
  /** How long a script waits between two of its steps, in milliseconds, at least 1. Default: 10. */
  readonly everyMs?: number | undefined;
  /** Whether the script begins again when it is over. Default: no. */
  readonly repeat?: boolean | undefined;
}

/**
 * A device with one HID interface. A model says what its reports hold; descriptors, class requests, idle rates and the
 * queue of the interrupt endpoint are the same for all. Its script begins when the host listens for the first time
 * after it has configured the device, and goes on only while the host listens.
 */
export abstract class HidDevice implements UsbDevice {
  readonly speed = "full";
  readonly descriptors: UsbDescriptors;
  readonly #definition: HidDefinition;
  readonly #options: HidDeviceOptions;
  readonly #clock: UsbModelClock;
  /** Input reports that the host has not fetched, as they go over the wire. */
  readonly #queue: Uint8Array[] = [];
  readonly #changed = new Change();
  /** Each input report's idle rate in steps, and when it was sent last. */
  readonly #idle = new Map<HidReport, { steps: number; sentMs: number }>();
  #protocol: (typeof PROTOCOLS)[number] = "report";
  #script: { readonly steps: Iterator<void>; dueMs: number } | undefined;
  #isScriptOver = false;

  constructor(definition: HidDefinition, options: HidDeviceOptions, clock: UsbModelClock) {
    const seed = options.garbageReportDescriptor;
    this.#definition =
      seed === undefined
        ? definition
        : { ...definition, reportDescriptor: definition.reportDescriptor.map(randomBytes(seed)) };
    this.#options = options;
    this.#clock = clock;
    this.descriptors = hidDescriptors(this.#definition, options.serialNumber ?? "1");
    this.#restart();
  }

  /** Which protocol the host chose. */
  get protocol(): "boot" | "report" {
    return this.#protocol;
  }

  /** The idle rate of an input report that the host set, in milliseconds; 0 for never, undefined for no such report. */
  idleMs(id = 0): number | undefined {
    const steps = this.#idle.get(this.#find("input", id)!)?.steps;
    return steps === undefined ? undefined : steps * IDLE_STEP_MS;
  }

  control({ bmRequestType, bRequest, wValue, wIndex }: UsbSetup, data: Uint8Array): Uint8Array {
    if (wIndex !== 0) throw stall(`Interface ${wIndex} has no requests.`);
    const [high, low] = [wValue >> 8, wValue & 0xff];
    switch ((bmRequestType << 8) | bRequest) {
      case GET_DESCRIPTOR:
        if (high === DESCRIPTOR_HID) return encodeHidDescriptor(this.#definition);
        if (high === DESCRIPTOR_REPORT) return this.#definition.reportDescriptor;
        throw stall(`There is no descriptor of type ${high}.`);
      case GET_REPORT: {
        const report = this.#require(REPORT_TYPES[high - 1], low);
        return withId(report, this.contents(report));
      }
      case SET_REPORT:
        this.#receive(this.#require(REPORT_TYPES[high - 1], low), data);
        return NOTHING;
      case GET_IDLE:
        return Uint8Array.of(this.#idle.get(this.#require("input", low))!.steps);
      case SET_IDLE:
        this.#setIdle(low, high);
        return NOTHING;
      case GET_PROTOCOL:
        this.#requireBootInterface();
        return Uint8Array.of(PROTOCOLS.indexOf(this.#protocol));
      case SET_PROTOCOL:
        this.#requireBootInterface();
        this.#protocol = PROTOCOLS[wValue] ?? stallOf(`There is no protocol ${wValue}.`);
        // What waits is of the other protocol's form.
        this.#queue.length = 0;
        return NOTHING;
      default:
        throw stall(`The device does not know request ${bRequest}.`);
    }
  }

  async transferIn(endpoint: number, _length: number, signal: TransferSignal): Promise<Uint8Array> {
    if (endpoint !== INPUT_ENDPOINT) throw noEndpoint();
    this.#startScript();
    for (;;) {
      const report = this.#queue.shift() ?? this.#dueReport();
      if (report !== undefined) return this.#sent(report);
      await this.#event(signal);
    }
  }

  async transferOut(endpoint: number, data: Uint8Array): Promise<number> {
    const { hasOutputEndpoint, reports } = this.#definition;
    if (endpoint !== OUTPUT_ENDPOINT || !hasOutputEndpoint) throw noEndpoint();
    const hasIds = reports.some(({ id }) => id !== 0);
    this.#receive(this.#require("output", hasIds ? data[0] : 0), data);
    return data.length;
  }

  configured(): void {
    this.#restart();
    this.reset();
  }

  detached(): void {
    this.configured();
  }

  /** What a report holds now, without its id, in the protocol that the host chose. Of an input report without movements. */
  protected abstract contents(report: HidReport): Uint8Array;

  /** Takes an output or feature report, without its id. @throws UsbTransferError "stall" where it cannot be set */
  protected abstract accept(report: HidReport, data: Uint8Array): void;

  /** The script: each step changes something. Undefined for a device that does nothing by itself. */
  protected abstract script(): Iterator<void> | undefined;

  /** What the host set is forgotten: the device was configured anew, or is without power. */
  protected abstract reset(): void;

  /** Queues an input report, without its id, for the host. */
  protected send(id: number, data: Uint8Array): void {
    this.#queue.push(withId(this.#require("input", id), data));
    this.#changed.tell();
  }

  #receive(report: HidReport, data: Uint8Array): void {
    // Section 7.2.2 lets a host set an input report; no device here has a use for that.
    if (report.type === "input") throw stall("Input reports cannot be set.");
    if (data.length !== wireLength(report)) throw stall(`The report has ${wireLength(report)} bytes.`);
    if (report.id !== 0 && data[0] !== report.id) throw stall(`The report has the id ${report.id}.`);
    this.accept(report, report.id === 0 ? data : data.subarray(1));
  }

  #find(type: HidReportType | undefined, id: number | undefined): HidReport | undefined {
    return this.#definition.reports.find((report) => report.type === type && report.id === id);
  }

  #require(type: HidReportType | undefined, id: number | undefined): HidReport {
    return this.#find(type, id) ?? stallOf(`There is no ${type ?? "such"} report ${id}.`);
  }

  #requireBootInterface(): void {
    if (this.#definition.bootInterface === "none") throw stall("The device has no boot protocol.");
  }

  /** Id 0 means all reports (section 7.2.4). */
  #setIdle(id: number, steps: number): void {
    if (id !== 0) this.#require("input", id);
    for (const [report, idle] of this.#idle) {
      if (id === 0 || report.id === id) idle.steps = steps;
    }
    this.#changed.tell();
  }

  #startScript(): void {
    if (this.#script !== undefined || this.#isScriptOver) return;
    const steps = this.script();
    if (steps === undefined) this.#isScriptOver = true;
    else this.#script = { steps, dueMs: this.#clock.now() + this.#everyMs };
  }

  get #everyMs(): number {
    return this.#options.everyMs ?? 10;
  }

  /** What the next step of the script brings, or a report that its idle rate lets come again. */
  #dueReport(): Uint8Array | undefined {
    const nowMs = this.#clock.now();
    if (this.#script !== undefined && nowMs >= this.#script.dueMs) {
      this.#script.dueMs = nowMs + this.#everyMs;
      if (this.#script.steps.next().done) this.#scriptOver();
      const report = this.#queue.shift();
      if (report !== undefined) return report;
    }
    const [report] = [...this.#idle].find(([, idle]) => nowMs >= repeatMs(idle)) ?? [];
    return report === undefined ? undefined : withId(report, this.contents(report));
  }

  #scriptOver(): void {
    this.#script = undefined;
    this.#isScriptOver = !this.#options.repeat;
    this.#startScript();
  }

  #sent(report: Uint8Array): Uint8Array {
    const nowMs = this.#clock.now();
    for (const [{ id }, idle] of this.#idle) if (id === 0 || id === report[0]) idle.sentMs = nowMs;
    return report;
  }

  /** Waits until there may be something to send. @throws the signal's reason when it aborts */
  async #event(signal: TransferSignal): Promise<void> {
    const dueMs = Math.min(
      this.#script?.dueMs ?? Number.POSITIVE_INFINITY,
      ...[...this.#idle.values()].map(repeatMs),
    );
    if (dueMs === Number.POSITIVE_INFINITY) return await this.#changed.wait(signal);
    await this.#changed.waitAtMost(Math.max(0, dueMs - this.#clock.now()), this.#clock, signal);
  }

  #restart(): void {
    this.#queue.length = 0;
    this.#protocol = "report";
    this.#script = undefined;
    this.#isScriptOver = false;
    const { reports, initialIdle: steps } = this.#definition;
    const sentMs = this.#clock.now();
    for (const report of reports) {
      if (report.type === "input") this.#idle.set(report, { steps, sentMs });
    }
  }
}

/** When a report comes again that has not changed. */
function repeatMs({ steps, sentMs }: { readonly steps: number; readonly sentMs: number }): number {
  return steps === 0 ? Number.POSITIVE_INFINITY : sentMs + steps * IDLE_STEP_MS;
}

/** As it goes over the wire (section 8.1). */
function withId({ id }: HidReport, data: Uint8Array): Uint8Array {
  return id === 0 ? data : Uint8Array.of(id, ...data);
}

function stallOf(message: string): never {
  throw stall(message);
}
