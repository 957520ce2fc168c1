/** The I2C of the host on Wasmtime, which is written in Rust, on real adapters of the kernel: the contract of a backend. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { attachI2cAdapter, bindKernelDriver, inVirtualMachine, loadI2cStub } from "@busbar/lab/guest";
import { describe, expect, test } from "vitest";

const program = fileURLToPath(
  new URL("../../../host/wasmtime/target/debug/examples/i2c_contract", import.meta.url),
);
const UNBUILT = "cargo has not built it: cd host/wasmtime && cargo build --examples";

const COMMON = [
  "what is written is read back, one array for each read",
  "the longest block arrives whole",
  "results are the caller's own: a later transaction does not change them",
  "an address where nothing is does not acknowledge, and the next transaction works",
  "an address of more than 7 bits is refused",
  "a closed handle leaves the other handles going on",
];

/** What the program prints of a bus, by lines. */
async function judge(busNumber: number, ...rest: string[]): Promise<string[]> {
  const { stdout } = await promisify(execFile)(program, [String(busNumber), ...rest]);
  return stdout.trimEnd().split("\n");
}

describe.runIf(inVirtualMachine())("the native I2C backend", () => {
  test("on an adapter that takes any message", async ({ skip }) => {
    skip(!existsSync(program), UNBUILT);
    await using adapter = await attachI2cAdapter([{ address: 0x50, model: "registers", registers: {} }]);
    const cases = [...COMMON, "several reads and writes are one transaction, results in order"];
    expect(await judge(adapter.busNumber, "200", "any")).toEqual([
      ...cases.map((name) => `ok ${name}`),
      "scan 0x50",
    ]);
  });

  test("on an adapter that knows SMBus only", async ({ skip }) => {
    skip(!existsSync(program), UNBUILT);
    await using stub = await loadI2cStub([0x50]);
    const cases = [...COMMON, "what SMBus cannot express is refused, and never split"];
    expect(await judge(stub.busNumber, "32", "smbus")).toEqual([
      ...cases.map((name) => `ok ${name}`),
      "scan 0x50",
    ]);
  });

  test("leaves an address to the kernel's driver that is bound to it", async ({ skip }) => {
    skip(!existsSync(program), UNBUILT);
    await using adapter = await attachI2cAdapter([{ address: 0x50, model: "bme280" }]);
    await using driver = await bindKernelDriver(adapter.busNumber, 0x50, "bme280");
    const lines = await judge(adapter.busNumber, "200", "any");
    expect(lines[0]).toContain(
      `/dev/i2c-${adapter.busNumber}, address 0x50: the kernel driver ${driver.driver} uses this address; ` +
        `release it with: echo ${adapter.busNumber}-0050 | sudo tee /sys/bus/i2c/drivers/${driver.driver}/unbind`,
    );
    expect(lines.at(-1)).toBe(`scan 0x50: the kernel driver ${driver.driver}`);
  });
});
