import { readFileSync } from "node:fs";
import type { FolderGrant } from "../src/board/app-entry.ts";
import { parseBoard } from "../src/board/parse.ts";
import type { DeviceEntry } from "../src/board/schema.ts";
import type { I2cOperation } from "../src/bus/i2c/backend.ts";
import type { SpiOperation } from "../src/bus/spi/backend.ts";
import type { UsbCall, UsbFacts } from "../src/bus/usb/judge.ts";
import type { FolderCall } from "../src/grants/folder.ts";

/** Reads `host/verdicts`, and makes out of it what the judges take. */

/** What each case has. */
interface Named {
  readonly name: string;
}

/** The cases of one table. */
export function cases<Case extends Named>(file: string): Case[] {
  return json(file) as Case[];
}

/** The devices that the cases about USB mean by name. */
export function usbDevices(): Readonly<Record<string, UsbFacts>> {
  return json("usb-devices.json") as Record<string, UsbFacts>;
}

function json(file: string): unknown {
  return JSON.parse(readFileSync(new URL(`../../verdicts/${file}`, import.meta.url), "utf8"));
}

/** A USB call as the tables have it. */
export interface WrittenUsbCall {
  readonly open?: boolean;
  readonly claim?: number;
  readonly clearHalt?: string;
  readonly change?: "set-configuration" | "reset";
  readonly transfer?: string;
  readonly control?: [string, number, string];
  readonly length?: number;
}

export function usbCall(written: WrittenUsbCall): UsbCall {
  const { claim, clearHalt, change, transfer, control, length = 0 } = written;
  if (claim !== undefined) return { kind: "interface", interface: claim };
  if (clearHalt !== undefined) return { kind: "endpoint", endpoint: Number(clearHalt) };
  if (change !== undefined) return { kind: "device", change };
  if (transfer !== undefined) return { kind: "transfer", endpoint: Number(transfer), length };
  if (control === undefined) return { kind: "open" };
  const [bmRequestType, bRequest, wIndex] = control;
  return { kind: "control", bmRequestType: Number(bmRequestType), bRequest, wIndex: Number(wIndex), length };
}

/** An operation on SPI as the tables have it: those of I2C, transfers and delays. */
export function spiOperation(written: object): SpiOperation {
  if ("delayNs" in written) return { kind: "delay", ns: Number(written.delayNs) };
  if ("transfer" in written) return { kind: "transfer", data: bytes(String(written.transfer)) };
  if ("transferLength" in written) {
    return { kind: "transfer", data: new Uint8Array(Number(written.transferLength)) };
  }
  return i2cOperation(written);
}

export function i2cOperation(written: object): I2cOperation {
  if ("read" in written) return { kind: "read", length: Number(written.read) };
  if ("writeLength" in written) return { kind: "write", data: new Uint8Array(Number(written.writeLength)) };
  return { kind: "write", data: bytes((written as { write: string }).write) };
}

/** Of "06 d0 f1". */
export function bytes(hex: string): Uint8Array {
  const digits = hex.replaceAll(" ", "").match(/../g) ?? [];
  return Uint8Array.from(digits, (byte) => Number.parseInt(byte, 16));
}

export function deviceEntry(device: object): DeviceEntry {
  return parseBoard({ devices: { subject: device } }).devices.subject!;
}

/** The part of an app's entry. */
export function folderGrant(folder: { path: string }): FolderGrant {
  const board = parseBoard({ devices: {}, apps: { subject: { component: "./x.wasm", folder } } });
  return board.apps.subject!.folder!;
}

/** A call on a folder as the tables have it: `repeat` is of its path. */
export function folderCall({ repeat = 1, ...call }: FolderCall & { readonly repeat?: number }): FolderCall {
  return { ...call, path: call.path.repeat(repeat) };
}
