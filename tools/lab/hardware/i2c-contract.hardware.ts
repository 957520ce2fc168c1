/** The Linux backend on real adapters of the kernel: the suite that the simulator passes too. */
import { i2cBackendContract } from "@busbar/contract";
import { linuxI2c } from "@busbar/host-node";
import {
  attachI2cAdapter,
  type I2cAdapter,
  type I2cStub,
  inVirtualMachine,
  loadI2cStub,
} from "@busbar/lab/guest";
import { describe } from "vitest";

describe.runIf(inVirtualMachine())("on Linux", () => {
  let adapter: I2cAdapter;
  i2cBackendContract({
    name: "I2C_RDWR",
    setUp: async () => {
      adapter = await attachI2cAdapter([{ address: 0x50, model: "registers", registers: {} }]);
    },
    open: () => linuxI2c().openI2c(adapter.busNumber)!,
    tearDown: () => adapter.detach(),
    longestBlock: 200,
    anyTransaction: true,
  });

  let stub: I2cStub;
  i2cBackendContract({
    name: "SMBus only",
    setUp: async () => {
      stub = await loadI2cStub([0x50]);
    },
    open: () => linuxI2c().openI2c(stub.busNumber)!,
    tearDown: async () => await stub[Symbol.asyncDispose](),
    longestBlock: 32,
    anyTransaction: false,
  });
});
