import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parseBoard, parseBoardText } from "../src/board/parse.ts";
import type { DeviceEntry } from "../src/board/schema.ts";
import { readComponent } from "../src/component/interface.ts";
import { type FolderCall, judgeFolder } from "../src/grants/folder.ts";
import { type I2cVerdict, judgeI2c } from "../src/grants/i2c.ts";
import { judgeUsb, type UsbCall, type UsbFacts, type UsbVerdict } from "../src/grants/usb.ts";
import type { I2cOperation } from "../src/i2c/backend.ts";
import { link } from "../src/link/link.ts";
import { normalForm } from "./board-normal-form.ts";
import { componentBytes } from "./component-bytes.ts";

type Verdict = "allow" | { deny: string } | { wouldDeny: string };

interface CallCase {
  name: string;
  device: object;
  call: { bus: number | string; address: number; operations: object[]; repeat?: number };
  verdict: Verdict;
}

interface UsbCase {
  name: string;
  device: object;
  usb: string;
  call: {
    open?: boolean;
    claim?: number;
    clearHalt?: string;
    change?: "set-configuration" | "reset";
    transfer?: string;
    control?: [string, number, string];
    length?: number;
  };
  verdict: Verdict;
}

interface FolderCase {
  name: string;
  folder: { path: string };
  call: FolderCall;
  verdict: string[] | { deny: string };
}

interface LinkCase {
  name: string;
  device: object;
  imports: string[];
  exports: string[];
  verdict: "start" | { refuse: string | null };
}

interface BoardCase {
  name: string;
  board?: object;
  text?: string | [part: string, times: number][];
  verdict: "accept" | { refuse: string };
  becomes?: object;
}

function cases<Case>(file: string): Case[] {
  return json(file) as Case[];
}

function json(file: string): unknown {
  return JSON.parse(readFileSync(new URL(`../../verdicts/${file}`, import.meta.url), "utf8"));
}

function usbCall({ claim, clearHalt, change, transfer, control, length = 0 }: UsbCase["call"]): UsbCall {
  if (claim !== undefined) return { kind: "interface", interface: claim };
  if (clearHalt !== undefined) return { kind: "endpoint", endpoint: Number(clearHalt) };
  if (change !== undefined) return { kind: "device", change };
  if (transfer !== undefined) return { kind: "transfer", endpoint: Number(transfer), length };
  if (control === undefined) return { kind: "open" };
  const [bmRequestType, bRequest, wIndex] = control;
  return { kind: "control", bmRequestType: Number(bmRequestType), bRequest, wIndex: Number(wIndex), length };
}

function entryOf(device: object): DeviceEntry {
  return parseBoard({ devices: { subject: device } }).devices.subject!;
}

function operation(written: object): I2cOperation {
  if ("read" in written) return { kind: "read", length: Number(written.read) };
  if ("writeLength" in written) return { kind: "write", data: new Uint8Array(Number(written.writeLength)) };
  const hex = String((written as { write: string }).write).replaceAll(" ", "");
  return {
    kind: "write",
    data: Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16)),
  };
}

function verdictOf(judged: I2cVerdict | UsbVerdict): Verdict {
  if (!judged.allowed) return { deny: judged.denied };
  return "wouldBeDenied" in judged ? { wouldDeny: judged.wouldBeDenied } : "allow";
}

/** What no entry gets by not being enforced, whatever the case. */
const staysDenied = ["device", "security-key", "interface", "endpoint", "set-configuration", "reset"];

describe("boards", () => {
  /** Each engine says in its own words what is wrong with a text that is no JSON. */
  const noJson = "board.json is not JSON: ";

  test.each(cases<BoardCase>("board.json"))("$name", ({ board, text, verdict, becomes = {} }) => {
    const parts = typeof text === "object" ? text : [[text ?? JSON.stringify(board), 1] as const];
    const attempt = () =>
      parseBoardText(parts.map(([part, times]) => part.repeat(times)).join(""), "board.json");
    if (verdict === "accept") {
      expect(normalForm(attempt())).toMatchObject(becomes);
    } else {
      expect(attempt).toThrow(expect.objectContaining({ code: "board" }));
      const sentence = verdict.refuse === noJson ? expect.stringContaining(noJson) : verdict.refuse;
      expect(attempt).toThrow(expect.objectContaining({ message: sentence }));
    }
  });
});

describe("calls", () => {
  test.each(cases<CallCase>("i2c.json"))("$name", ({ device, call, verdict }) => {
    const operations = call.operations.map(operation);
    const { i2c, enforce } = entryOf(device);
    const asked = {
      bus: call.bus,
      address: call.address,
      operations: call.repeat === undefined ? operations : Array(call.repeat).fill(operations[0]),
    };
    expect(verdictOf(judgeI2c(i2c, asked, enforce !== false))).toEqual(verdict);
    if (typeof verdict === "object" && "deny" in verdict && ["bus", "address"].includes(verdict.deny)) {
      expect(verdictOf(judgeI2c(i2c, asked, false))).toEqual(verdict);
    }
  });
});

describe("USB calls", () => {
  const devices = json("usb-devices.json") as Record<string, UsbFacts>;

  test.each(cases<UsbCase>("usb.json"))("$name", ({ device, usb, call, verdict }) => {
    const { usb: grant, enforce } = entryOf(device);
    expect(verdictOf(judgeUsb(grant, devices[usb]!, usbCall(call), enforce !== false))).toEqual(verdict);
    if (typeof verdict === "object" && "deny" in verdict && staysDenied.includes(verdict.deny)) {
      expect(verdictOf(judgeUsb(grant, devices[usb]!, usbCall(call), false))).toEqual(verdict);
    }
  });
});

describe("calls on a folder", () => {
  test.each(cases<FolderCase>("folder.json"))("$name", ({ folder, call, verdict }) => {
    const board = parseBoard({ devices: {}, apps: { subject: { component: "./x.wasm", folder } } });
    const judged = judgeFolder(board.apps.subject!.folder!, call);
    expect(judged.allowed ? judged.names : { deny: judged.denied }).toEqual(verdict);
  });

  test("paths that are too long, or too deep", () => {
    const grant = { path: "out", write: true, overwrite: false };
    for (const path of ["a".repeat(5000), "a/".repeat(65)]) {
      expect(judgeFolder(grant, { kind: "stat", path })).toMatchObject({ denied: "path" });
    }
  });
});

describe("links", () => {
  test.each(cases<LinkCase>("link.json"))("$name", ({ device, imports, exports, verdict }) => {
    const component = readComponent(componentBytes(imports, exports), "./x.wasm");
    const attempt = () => link("subject", entryOf(device), "./x.wasm", component);
    if (verdict === "start") {
      const drives = exports[0]?.startsWith("busbar:device/");
      expect(attempt()).toMatchObject(drives ? { exportName: exports[0] } : { kind: "component" });
    } else if (verdict.refuse === null) {
      expect(attempt).toThrow(expect.objectContaining({ code: "component" }));
    } else {
      expect(attempt).toThrow(expect.objectContaining({ code: "not-granted" }));
      expect(attempt).toThrow(`subject: ./x.wasm imports ${verdict.refuse},`);
    }
  });

  test("the message has the line that grants it", () => {
    const component = readComponent(componentBytes(["wasi:i2c/i2c@0.2.0-draft"], []), "./x.wasm");
    expect(() => link("indoor", entryOf({ driver: "./x.wasm" }), "./x.wasm", component)).toThrow(
      'indoor: ./x.wasm imports wasi:i2c/i2c@0.2.0-draft, which the board does not grant; add "i2c": { "bus": 1, "address": "0x76" } to "devices.indoor".',
    );
  });
});
