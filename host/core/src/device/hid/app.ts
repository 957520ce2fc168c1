import { AppDevice } from "../app-device.ts";
import type {
  Hid,
  HidCollection,
  HidField,
  HidInfo,
  HidRawReport,
  HidReport,
  HidReportKind,
  HidValue,
} from "./hid.ts";

/** What an app has of one: the resource of busbar:device/hid. */
export class HidResource extends AppDevice<Hid> {
  async info(): Promise<HidInfo> {
    return this.device.info;
  }

  async reportDescriptor(): Promise<Uint8Array> {
    return this.device.reportDescriptor;
  }

  async collections(): Promise<readonly HidCollection[]> {
    return this.device.collections;
  }

  async fields(): Promise<readonly HidField[]> {
    return this.device.fields;
  }

  read(timeoutMs: number): Promise<HidReport | undefined> {
    return this.device.read({ timeoutMs, signal: this.signal });
  }

  readRaw(timeoutMs: number): Promise<HidRawReport | undefined> {
    return this.device.readRaw({ timeoutMs, signal: this.signal });
  }

  send(kind: HidReportKind, values: readonly HidValue[]): Promise<void> {
    return this.device.send(kind as "output", values);
  }

  sendRaw(kind: HidReportKind, report: HidRawReport): Promise<void> {
    return this.device.sendRaw(kind as "output", report);
  }

  get(kind: HidReportKind, id: number): Promise<HidReport> {
    return this.device.get(kind, id);
  }

  getRaw(kind: HidReportKind, id: number): Promise<HidRawReport> {
    return this.device.getRaw(kind, id);
  }

  getIdle(id: number): Promise<number> {
    return this.device.idleMs(id);
  }

  setIdle(id: number, durationMs: number): Promise<void> {
    return this.device.setIdleMs(durationMs, id);
  }

  getProtocol(): Promise<"boot" | "report"> {
    return this.device.protocol();
  }

  setProtocol(protocol: "boot" | "report"): Promise<void> {
    return this.device.setProtocol(protocol);
  }

  close(): Promise<void> {
    return this.closeQuietly();
  }
}
