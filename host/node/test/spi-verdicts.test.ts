/** host/verdicts/linux-spi.json, which a host in another language answers as well. */
import { SpiError, type SpiOperation, type SpiWiring } from "@busbar/host/backend";
import { expect, test } from "vitest";
import verdicts from "../../verdicts/linux-spi.json" with { type: "json" };
import { ErrnoError } from "../src/linux/errno.ts";
import { createLinuxSpi } from "../src/spi/backend.ts";
import { SPI_ERRNOS, spiTransactionError } from "../src/spi/errno.ts";
import { messageOf } from "../src/spi/message.ts";
import { FakeSpiMachine } from "./spi-machine.ts";

/** An operation as the table has it. */
interface Written {
  readonly read?: number;
  readonly write?: string;
  readonly transfer?: string;
  readonly delayNs?: number;
}

function operationOf({ read, write, transfer, delayNs }: Written): SpiOperation {
  if (read !== undefined) return { kind: "read", length: read };
  if (delayNs !== undefined) return { kind: "delay", ns: delayNs };
  const data = Uint8Array.from(Buffer.from(write ?? transfer!, "hex"));
  return { kind: write === undefined ? "transfer" : "write", data };
}

function open(changed: Partial<SpiWiring>, machine = new FakeSpiMachine(), device = machine.add(0, 1)) {
  const wiring = {
    device: "x",
    chipSelect: 1,
    mode: 0,
    maximumHz: 1_000_000,
    bitOrder: "msb-first",
  } as const;
  return { device, opened: () => createLinuxSpi(machine).openSpi(0, { ...wiring, ...changed })! };
}

test.each(verdicts.messages)("$name: its message", ({ operations, transfers }) => {
  const message = messageOf((operations as Written[]).map(operationOf));
  let [sent, received] = [0, 0];
  const shown = message.transfers.map(({ txOffset, rxOffset, length, delayUsecs }) => {
    if (txOffset !== undefined) expect(txOffset).toBe(sent);
    if (rxOffset !== undefined) expect(rxOffset).toBe(received);
    sent += txOffset === undefined ? 0 : length;
    received += rxOffset === undefined ? 0 : length;
    const sends = Buffer.from(message.tx.subarray(txOffset ?? 0, (txOffset ?? 0) + length)).toString("hex");
    return {
      ...(txOffset !== undefined && { sends }),
      ...(rxOffset !== undefined && { receives: length }),
      ...(delayUsecs !== 0 && { delayUsecs }),
    };
  });
  expect(shown).toEqual(transfers);
});

test.each(verdicts.modes)("$name: opening", ({ mode, bitOrder, has, before, after, message }) => {
  const machine = new FakeSpiMachine();
  const device = machine.add(0, 1);
  device.bits = Number(has);
  device.mode = Number(before);
  const { opened } = open({ mode, bitOrder: bitOrder as SpiWiring["bitOrder"] }, machine, device);
  if (message === undefined) {
    opened();
    expect(device.mode).toBe(Number(after));
  } else {
    expect(opened).toThrow(expect.objectContaining({ code: "backend", message }));
  }
});

test.each(verdicts.times)("$name: how long it takes", ({ maximumHz, operations, message }) => {
  const { device, opened } = open({ maximumHz });
  const run = () => opened().transaction((operations as Written[]).map(operationOf));
  if (message === undefined) {
    run();
    expect(device.wire).toHaveLength(1);
  } else {
    const expected = new SpiError("other", message);
    expect(run).toThrow(expect.objectContaining({ message, payload: expected.payload }));
    expect(device.wire).toEqual([]);
  }
});

test.each(verdicts.errnos)("errno $errno of a transaction", ({ errno, code, message }) => {
  const error = spiTransactionError(new ErrnoError("ioctl SPI_IOC_MESSAGE", errno), "/dev/spidev0.1");
  expect(error.payload).toEqual(code);
  expect(error.message).toBe(message);
});

test("the errnos have the whole table", () => {
  const known = new Set(verdicts.errnos.map(({ errno }) => errno));
  expect(SPI_ERRNOS.filter(({ errno }) => !known.has(errno))).toEqual([]);
  expect(new Set(SPI_ERRNOS.map(({ errno }) => errno)).size).toBe(SPI_ERRNOS.length);
});
