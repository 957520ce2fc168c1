import type {
  Hid,
  HidCollection,
  HidField,
  HidInfo,
  HidRawReport,
  HidReport,
  HidReportKind,
  HidValue,
} from "../../device/hid.ts";
import type { AppContext } from "../context.ts";
import { closeQuietly, opened } from "./opened.ts";

/** busbar:device/hid for one app. */
export function appHids(context: AppContext) {
  return {
    Device: HidResource,
    open: async (name: string) =>
      new HidResource(await opened(context, name, () => context.devices.hid(name)), context.signal),
  };
}

class HidResource implements Disposable {
  readonly #hid: Hid;
  readonly #signal: AbortSignal;

  constructor(hid: Hid, signal: AbortSignal) {
    this.#hid = hid;
    this.#signal = signal;
  }

  async info(): Promise<HidInfo> {
    return this.#hid.info;
  }

  async reportDescriptor(): Promise<Uint8Array> {
    return this.#hid.reportDescriptor;
  }

  async collections(): Promise<readonly HidCollection[]> {
    return this.#hid.collections;
  }

  async fields(): Promise<readonly HidField[]> {
    return this.#hid.fields;
  }

  read(timeoutMs: number): Promise<HidReport | undefined> {
    return this.#hid.read({ timeoutMs, signal: this.#signal });
  }

  readRaw(timeoutMs: number): Promise<HidRawReport | undefined> {
    return this.#hid.readRaw({ timeoutMs, signal: this.#signal });
  }

  send(kind: HidReportKind, values: readonly HidValue[]): Promise<void> {
    return this.#hid.send(kind as "output", values);
  }

  sendRaw(kind: HidReportKind, report: HidRawReport): Promise<void> {
    return this.#hid.sendRaw(kind as "output", report);
  }

  get(kind: HidReportKind, id: number): Promise<HidReport> {
    return this.#hid.get(kind, id);
  }

  getRaw(kind: HidReportKind, id: number): Promise<HidRawReport> {
    return this.#hid.getRaw(kind, id);
  }

  getIdle(id: number): Promise<number> {
    return this.#hid.idleMs(id);
  }

  setIdle(id: number, durationMs: number): Promise<void> {
    return this.#hid.setIdleMs(durationMs, id);
  }

  getProtocol(): Promise<"boot" | "report"> {
    return this.#hid.protocol();
  }

  setProtocol(protocol: "boot" | "report"): Promise<void> {
    return this.#hid.setProtocol(protocol);
  }

  close(): Promise<void> {
    return closeQuietly(this.#hid);
  }

  [Symbol.dispose](): void {
    void closeQuietly(this.#hid);
  }
}
