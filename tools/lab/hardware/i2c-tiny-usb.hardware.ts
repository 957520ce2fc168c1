/** Our USB/IP server and i2c-tiny-usb model, judged by the kernel and by the i2c-tools. */

import { attachI2cAdapter, findUsbIp, type I2cAdapter, inVirtualMachine } from "@busbar/lab/guest";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run } from "../src/run.ts";

const ID_REGISTER = "0xd0";

describe.runIf(inVirtualMachine())("i2c-tiny-usb over USB/IP", () => {
  let adapter: I2cAdapter;
  let bus: string;

  beforeAll(async () => {
    adapter = await attachI2cAdapter([
      { address: 0x76, model: "bme280" },
      { address: 0x50, model: "registers", registers: { "0x10": "0123 4567 89ab cdef" } },
    ]);
    bus = String(adapter.busNumber);
  });
  afterAll(() => adapter?.detach());

  it("is listed by the usbip program", async () => {
    const list = await run(await findUsbIp(), [
      ...["--tcp-port", String(adapter.serverPort)],
      ...["list", "--remote", "127.0.0.1"],
    ]);
    expect(list).toMatch(/1-1: .*\(0403:c631\)/);
    expect(list).toContain("Vendor Specific Class");
  });

  it("offers combined transactions and the quick command", async () => {
    const functions = await run("i2cdetect", ["-F", bus]);
    expect(functions).toMatch(/^I2C +yes$/m);
    expect(functions).toMatch(/^SMBus Quick Command +yes$/m);
    expect(functions).toMatch(/^I2C Block Read +yes$/m);
    expect(functions).toMatch(/^SMBus Block Read +no$/m);
  });

  it("is scanned by i2cdetect, which finds the chips and nothing else", async () => {
    const table = await run("i2cdetect", ["-y", bus]);
    const found = [...table.matchAll(/ ([0-9a-f]{2})(?= |$)/gm)].map(([, address]) => address);
    // The first line is the heading: 0 to f are of one digit.
    expect(found).toEqual(["50", "76"]);
  });

  it("transfers write and read as one transaction", async () => {
    expect(await run("i2ctransfer", ["-y", bus, "w1@0x76", ID_REGISTER, "r1"])).toBe("0x60\n");
    expect(await run("i2ctransfer", ["-y", bus, "w1@0x50", "0x12", "r4"])).toBe("0x45 0x67 0x89 0xab\n");
  });

  it("transfers several reads and writes to two chips in one transaction", async () => {
    const text = await run("i2ctransfer", [
      ...[
        "-y",
        bus,
        "w1@0x50",
        "0x10",
        "r2",
        "w1@0x76",
        ID_REGISTER,
        "r1",
        "w3@0x50",
        "0x10",
        "0xca",
        "0xfe",
      ],
      ...["w1@0x50", "0x10", "r3"],
    ]);
    expect(text).toBe("0x01 0x23\n0x60\n0xca 0xfe 0x45\n");
  });

  it("speaks SMBus through the kernel's emulation", async () => {
    expect(await run("i2cget", ["-y", bus, "0x76", ID_REGISTER])).toBe("0x60\n");
    await run("i2cset", ["-y", bus, "0x50", "0x14", "0x5a"]);
    expect(await run("i2cget", ["-y", bus, "0x50", "0x14"])).toBe("0x5a\n");
    expect(await run("i2cget", ["-y", bus, "0x50", "0x15", "w"])).toBe("0xcdab\n");
  });

  it("makes ENXIO of an address that nobody acknowledges", async () => {
    await expect(run("i2ctransfer", ["-y", bus, "w1@0x51", "0", "r1"])).rejects.toThrow(
      "No such device or address",
    );
    await expect(run("i2ctransfer", ["-y", bus, "r1@0x51"])).rejects.toThrow("No such device or address");
  });

  it("reports faults, and works again after them", async () => {
    const chip = { address: 0x76, model: "bme280" };
    await adapter.replace([{ ...chip, faults: [{ fault: "no-acknowledge-address" }] }]);
    const read = () => run("i2ctransfer", ["-y", bus, "w1@0x76", ID_REGISTER, "r1"]);
    await expect(read()).rejects.toThrow("No such device or address");
    expect(await read()).toBe("0x60\n");
    await adapter.replace([{ ...chip, faults: [{ fault: "bus" }] }]);
    await expect(read()).rejects.toThrow("Input/output error");
    expect(await read()).toBe("0x60\n");
  });

  it("can be plugged in more than once, and unplugged", async () => {
    const second = await attachI2cAdapter([
      { address: 0x20, model: "registers", registers: { "0x00": "42" } },
    ]);
    expect(second.busNumber).not.toBe(adapter.busNumber);
    expect(await run("i2ctransfer", ["-y", String(second.busNumber), "w1@0x20", "0", "r1"])).toBe("0x42\n");
    await second.detach();
    await expect(run("i2ctransfer", ["-y", String(second.busNumber), "w1@0x20", "0", "r1"])).rejects.toThrow(
      "Could not open file",
    );
    expect(await run("i2ctransfer", ["-y", bus, "w1@0x76", ID_REGISTER, "r1"])).toBe("0x60\n");
  });
});
