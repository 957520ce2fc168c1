import { BackendError, type SpiBackend, SpiError, type SpiOperation } from "@busbar/host/backend";
import { beforeEach, describe, expect, test } from "vitest";
import { LockedError } from "../src/locks/lock-file.ts";
import { createLinuxSpi } from "../src/spi/backend.ts";
import { SPI_ERRNOS } from "../src/spi/errno.ts";
import { linuxSpi } from "../src/spi/index.ts";
import { thrown } from "./linux-machine.ts";
import { type FakeSpiDevice, FakeSpiMachine } from "./spi-machine.ts";

const write = (...data: number[]): SpiOperation => ({ kind: "write", data: Uint8Array.from(data) });
const transfer = (...data: number[]): SpiOperation => ({ kind: "transfer", data: Uint8Array.from(data) });
const read = (length: number): SpiOperation => ({ kind: "read", length });

const wiring = { device: "adc", chipSelect: 1, mode: 0, maximumHz: 500_000, bitOrder: "msb-first" } as const;

let machine: FakeSpiMachine;
let device: FakeSpiDevice;
let backend: SpiBackend;

beforeEach(() => {
  machine = new FakeSpiMachine();
  device = machine.add(0, 1);
  backend = createLinuxSpi(machine);
});

/** The message of a device that must not open; nothing stays open, nor locked. */
function refusal(changed: object = {}, bus: number | string = 0): string {
  const error = thrown(() => backend.openSpi(bus, { ...wiring, ...changed }));
  expect(error).toBeInstanceOf(BackendError);
  expect(machine.descriptors.size).toBe(0);
  return error.message;
}

function failure(action: () => unknown): SpiError {
  const error = thrown(action);
  expect(error).toBeInstanceOf(SpiError);
  return error as SpiError;
}

test("asking for the backend opens nothing", () => {
  expect(linuxSpi().name).toBe("Linux spidev");
});

describe("opening", () => {
  test.each([0, "0", "spi0"])("a bus by the name %j", (name) => {
    const opened = backend.openSpi(name, wiring)!;
    expect(opened.transaction([transfer(1, 2)])).toEqual([Uint8Array.of(1, 2)]);
    opened.close();
    opened.close();
    expect(machine.descriptors.size).toBe(0);
  });

  test.each([7, "spi7", "sim", "spidev0.1"])("%j is no bus of this machine", (name) => {
    expect(backend.openSpi(name, wiring)).toBeUndefined();
  });

  test("sets the mode and the bit order, and leaves the other bits", () => {
    device.mode = 0x04 | 0x08 | 0x01;
    backend.openSpi(0, { ...wiring, mode: 2 });
    expect(device.mode).toBe(0x04 | 0x02);
    backend.openSpi(0, { ...wiring, mode: 1, bitOrder: "lsb-first" });
    expect(device.mode).toBe(0x04 | 0x01 | 0x08);
  });

  const remedy = '; correct "mode" and "bitOrder" of the board file, or use another controller.';

  test("says which of both the controller does not have", () => {
    device.bits = 0x03;
    expect(refusal({ bitOrder: "lsb-first", mode: 3 })).toBe(
      `The controller of /dev/spidev0.1 cannot do the least significant bit first${remedy}`,
    );
    device.bits = 0x08;
    const sentence = `The controller of /dev/spidev0.1 cannot do SPI mode 3${remedy}`;
    expect(refusal({ mode: 3, bitOrder: "lsb-first" })).toBe(sentence);
  });

  test("believes what the kernel reads back, not that it set it", () => {
    device.isDeaf = true;
    expect(refusal({ mode: 1 })).toBe(`The controller of /dev/spidev0.1 cannot do SPI mode 1${remedy}`);
  });

  test("a file that is no SPI device", () => {
    device.modeErrno = 25;
    expect(refusal()).toBe(
      "/dev/spidev0.1 is not a usable SPI device: setting SPI mode 0 failed with ENOTTY.",
    );
  });

  test("without permission, by the group that has the file, or by a rule that makes one", () => {
    device.openErrno = 13;
    machine.tree["/etc/group"] = { text: "root:x:0:\nspi:x:998:pi\n" };
    expect(refusal()).toBe(
      "This user may not open /dev/spidev0.1; mend it with: sudo usermod -aG spi $USER  # then log in again",
    );
    machine.tree["/dev/spidev0.1"] = { mode: 0o600, group: 0 };
    expect(refusal()).toContain(`echo 'SUBSYSTEM=="spidev", GROUP="spi", MODE="0660"'`);
  });

  test("forbidden by the system, and any other failure", () => {
    device.openErrno = 1;
    expect(refusal()).toContain("the system forbids this process to open /dev/spidev0.1".slice(4));
    device.openErrno = 12;
    expect(refusal()).toBe("Opening /dev/spidev0.1 failed with ENOMEM; the kernel log may say why: dmesg");
  });

  test("a chip select on which the kernel knows nothing", () => {
    expect(refusal({ chipSelect: 2 })).toBe(
      "The kernel knows no device on chip select 2 of SPI bus 0, only on 1; mend it with: correct the number, or describe the " +
        "device in the device tree",
    );
  });

  test("a chip that a kernel driver has, or that none has", () => {
    machine.add(0, 2, "bmp280");
    expect(refusal({ chipSelect: 2 })).toBe(
      "The kernel driver bmp280 uses spi0.2; mend it with: echo spi0.2 | sudo tee /sys/bus/spi/drivers/bmp280/unbind && " +
        "echo spidev | sudo tee /sys/bus/spi/devices/spi0.2/driver_override && echo spi0.2 | sudo tee /sys/bus/spi/drivers/spidev/bind",
    );
    machine.tree["/sys/bus/spi/devices/spi0.3/modalias"] = { text: "spi:x" };
    expect(refusal({ chipSelect: 3 })).toBe(
      "No kernel driver has spi0.3, and so there is no /dev/spidev0.3; mend it with: " +
        "echo spidev | sudo tee /sys/bus/spi/devices/spi0.3/driver_override && echo spi0.3 | sudo tee /sys/bus/spi/drivers/spidev/bind",
    );
  });

  test("a device file that is not there although spidev has the device", () => {
    machine.pullOut(0, 1);
    expect(refusal()).toContain("/dev/spidev0.1 was not made; mend it with: sudo udevadm trigger");
    machine.tree["/.dockerenv"] = {};
    expect(refusal()).toContain("start it with --device /dev/spidev0.1");
  });

  test("elsewhere than on Linux, where only a number means Linux", () => {
    machine.platform = "darwin";
    expect(refusal()).toBe(
      "SPI bus 0 needs Linux and this is darwin; use a simulated bus here, or run on the machine that has the bus.",
    );
    expect(backend.openSpi("sim", wiring)).toBeUndefined();
  });

  test("of what somebody else uses names them, and locks nothing", () => {
    const taken: string[] = [];
    const lock = { note: () => undefined, release: () => void taken.push("released") };
    machine.deviceLocks.take = (name, { device, board }) => {
      taken.push(`${name} ${device} ${board}`);
      if (taken.length > 1) throw new LockedError("busbar run other.json (process 7)");
      return lock;
    };
    const owned = createLinuxSpi(machine, { board: "/b.json" });
    const first = owned.openSpi(0, wiring)!;
    const second = thrown(() => owned.openSpi(0, wiring));
    expect(second.message).toBe(
      "adc: /dev/spidev0.1 is used by busbar run other.json (process 7); end that first.",
    );
    expect(machine.descriptors.size).toBe(1);
    first.close();
    expect(taken).toEqual(["spi-0.1 adc /b.json", "spi-0.1 adc /b.json", "released"]);
  });

  test("gives its lock back where it fails", () => {
    device.openErrno = 13;
    refusal();
    device.openErrno = undefined;
    const other = backend.openSpi(0, { ...wiring, device: "other" })!;
    expect(other.transaction([write(1)])).toEqual([]);
  });
});

describe("a transaction", () => {
  test("is one message at the wiring's speed", () => {
    const opened = backend.openSpi(0, wiring)!;
    const operations = [write(0xf7), { kind: "delay", ns: 1500 }, read(2), transfer(1, 2)] as const;
    expect(opened.transaction(operations)).toEqual([Uint8Array.of(0, 0), Uint8Array.of(1, 2)]);
    expect(device.wire).toEqual(["w1:f7 d2, r2, wr2:0102 @500000"]);
  });

  test("that was cut short is an error", () => {
    const opened = backend.openSpi(0, wiring)!;
    device.transferred = 1;
    expect(failure(() => opened.transaction([read(2)]))).toMatchObject({
      payload: { tag: "other", val: "/dev/spidev0.1: only 1 of 2 bytes were transferred" },
    });
  });

  test("does not hold the bus for longer than a second", () => {
    const opened = backend.openSpi(0, { ...wiring, maximumHz: 8000 })!;
    opened.transaction([read(1000)]);
    expect(failure(() => opened.transaction([read(1000), write(1)])).message).toBe(
      "/dev/spidev0.1: 1001 bytes take 1001 ms at 8000 Hz, and 1000 ms is the most of one transaction; use fewer bytes, or a faster clock",
    );
    expect(device.wire).toHaveLength(1);
  });

  test("of more transfers than a message holds is refused", () => {
    const opened = backend.openSpi(0, wiring)!;
    opened.transaction(Array.from({ length: 511 }, () => read(1)));
    const many = Array.from({ length: 512 }, () => read(1));
    expect(failure(() => opened.transaction(many)).message).toContain("511 operations a transaction at most");
  });

  test("after closing fails", () => {
    const opened = backend.openSpi(0, wiring)!;
    opened.close();
    expect(failure(() => opened.transaction([read(1)])).message).toBe("/dev/spidev0.1 is closed");
  });

  test.each(SPI_ERRNOS)("$name", ({ name, errno, tag, meaning }) => {
    const opened = backend.openSpi(0, wiring)!;
    device.messageErrno = errno;
    const message = `/dev/spidev0.1: ${meaning} (${name})`;
    const { payload } = failure(() => opened.transaction([read(1)]));
    expect(payload).toEqual(tag === "other" ? { tag, val: message } : { tag });
  });

  test("an errno that nobody knows has its number", () => {
    const opened = backend.openSpi(0, wiring)!;
    device.messageErrno = 4711;
    expect(failure(() => opened.transaction([read(1)])).message).toBe(
      "/dev/spidev0.1: the transaction failed (errno 4711)",
    );
  });
});

test("a device that is pulled out is let go of, and found again when it is back", () => {
  const opened = backend.openSpi(0, { ...wiring, mode: 3 })!;
  machine.pullOut(0, 1);
  expect(failure(() => opened.transaction([read(1)])).message).toContain("ESHUTDOWN");
  expect(machine.descriptors.size).toBe(0);
  expect(failure(() => opened.transaction([read(1)])).message).toBe(
    "/dev/spidev0.1: the device is gone; check that its adapter is plugged in (ENODEV)",
  );
  device = machine.add(0, 1);
  device.openErrno = 13;
  expect(failure(() => opened.transaction([read(1)])).message).toContain("may not open");
  device.openErrno = undefined;
  expect(opened.transaction([transfer(5)])).toEqual([Uint8Array.of(5)]);
  expect(device.mode).toBe(3);
  opened.close();
  expect(machine.descriptors.size).toBe(0);
});

test("a device whose adapter was pulled out and put back between two transactions is found again", () => {
  const opened = backend.openSpi(0, { ...wiring, mode: 3 })!;
  device.messageErrno = 108;
  expect(failure(() => opened.transaction([read(1)])).message).toContain("ESHUTDOWN");
  expect(machine.descriptors.size).toBe(0);
  device = machine.add(0, 1);
  expect(opened.transaction([transfer(5)])).toEqual([Uint8Array.of(5)]);
  expect(device.mode).toBe(3);
});
