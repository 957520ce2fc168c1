import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { LabError } from "../src/error.ts";
import {
  checkRequirements,
  isStaticProgram,
  type MachineFacts,
  readRequirements,
} from "../src/requirements.ts";

const machine: MachineFacts = {
  platform: "linux",
  architecture: "x64",
  osRelease: 'NAME="Debian GNU/Linux"\nID=debian\n',
  find: (program) => `/usr/bin/${program}`,
  isStatic: () => true,
};
const check = (facts: Partial<MachineFacts>) =>
  checkRequirements(readRequirements(), { ...machine, ...facts });

describe("checkRequirements", () => {
  it("finds everything on a complete machine", () => {
    expect(check({})).toEqual({ kernelPackage: "linux-image-amd64", busybox: "/usr/bin/busybox" });
    expect(check({ osRelease: "ID=ubuntu\nID_LIKE=debian\n" }).kernelPackage).toBe("linux-image-generic");
    expect(check({ osRelease: 'ID=linuxmint\nID_LIKE="ubuntu debian"\n' }).kernelPackage).toBe(
      "linux-image-generic",
    );
  });

  it("names all that is missing in one command", () => {
    expect(() => check({ find: () => undefined })).toThrow(
      "sudo apt-get install qemu-system-x86 busybox-static kmod usbip i2c-tools xz-utils",
    );
    const withoutUsbIp = (program: string) => (program === "usbip" ? undefined : program);
    expect(() => check({ find: withoutUsbIp })).toThrow(/apt-get install usbip$/);
    expect(() => check({ find: withoutUsbIp, osRelease: "ID=ubuntu" })).toThrow(
      /install linux-tools-generic$/,
    );
  });

  it("does not take a busybox that needs libraries", () => {
    expect(() => check({ isStatic: () => false })).toThrow(/install busybox-static$/);
  });

  it.each([
    ["another system", { platform: "darwin" }, "Linux on x86-64, not darwin on x64"],
    ["another processor", { architecture: "arm64" }, "BUSBAR_HARDWARE_BOARD"],
    ["another distribution", { osRelease: "ID=fedora" }, "Debian or Ubuntu"],
    ["no distribution at all", { osRelease: "" }, "Debian or Ubuntu"],
  ])("says that it cannot run on %s", (_, facts, message) => {
    expect(() => check(facts)).toThrow(LabError);
    expect(() => check(facts)).toThrow(message);
  });
});

describe("isStaticProgram", () => {
  it("sees the interpreter that an ordinary program names", () => {
    expect(isStaticProgram(readFileSync(process.execPath))).toBe(false);
  });

  it("bears what is no program", () => {
    expect(isStaticProgram(new Uint8Array())).toBe(false);
    expect(isStaticProgram(new Uint8Array(200))).toBe(false);
    const header = Buffer.alloc(64);
    header.write("7f454c46", "hex");
    expect(isStaticProgram(header)).toBe(true); // no program headers at all
    header.writeBigUInt64LE(1n << 40n, 0x20); // headers far behind the end
    header.writeUInt16LE(1, 0x38);
    expect(isStaticProgram(header)).toBe(false);
  });
});
