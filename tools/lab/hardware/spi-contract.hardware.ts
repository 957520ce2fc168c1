/** The Linux backend on spidev of this kernel: the suite that the simulator passes too, and what only a real controller refuses. */
import { spiBackendContract } from "@busbar/contract";
import type { SpiDevice, SpiWiring } from "@busbar/host/backend";
import { linuxSpi } from "@busbar/host-node";
import { inVirtualMachine, loadSpiButterfly, type SpiButterfly } from "@busbar/lab/guest";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const wiring = { device: "x", mode: 0, maximumHz: 1_000_000, bitOrder: "msb-first" } as const;

describe.runIf(inVirtualMachine())("on a parallel port with nothing on it", () => {
  let controller: SpiButterfly;

  beforeAll(async () => {
    controller = await loadSpiButterfly("parport_pc");
  });
  afterAll(async () => await controller?.[Symbol.asyncDispose]());

  function open(changed: Partial<SpiWiring> = {}): SpiDevice {
    const { bus, chipSelect } = controller;
    return linuxSpi().openSpi(bus, { ...wiring, chipSelect, ...changed })!;
  }

  spiBackendContract({ name: "spidev", open, answer: () => 0, anyWiring: false });

  test("a mode and a bit order that its controller does not have are refused by name", () => {
    expect(() => open({ mode: 3 })).toThrow(
      /^The controller of \/dev\/spidev\d+\.\d+ cannot do SPI mode 3; /,
    );
    expect(() => open({ bitOrder: "lsb-first" })).toThrow("cannot do the least significant bit first; ");
  });

  test("what is longer than spidev takes is its own error, and the device goes on", () => {
    const device = open();
    const data = new Uint8Array(4097);
    expect(() => device.transaction([{ kind: "write", data }])).toThrow(
      /longer than spidev takes.*\(EMSGSIZE\)$/,
    );
    expect(device.transaction([{ kind: "read", length: 1 }])).toEqual([Uint8Array.of(0)]);
    device.close();
  });

  test("a line on which nothing is, and a bus that is not there", () => {
    expect(() => open({ chipSelect: 9 })).toThrow("The kernel knows no device on chip select 9 of SPI bus ");
    expect(linuxSpi().openSpi(41, { ...wiring, chipSelect: 0 })).toBeUndefined();
  });

  test("two boards cannot have one device", () => {
    const device = open();
    expect(() => open({ device: "other" })).toThrow(
      /^other: \/dev\/spidev.* is used by "x" of this process; end that first\.$/,
    );
    device.close();
    open({ device: "other" }).close();
  });
});
