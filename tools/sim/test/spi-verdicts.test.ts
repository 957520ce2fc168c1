/** host/verdicts/spi-simulated.json, which a host in another language answers as well. */
import type { SimulateEntry } from "@busbar/host";
import { SpiError, type SpiOperation } from "@busbar/host/backend";
import { expect, it } from "vitest";
import verdicts from "../../../host/verdicts/spi-simulated.json" with { type: "json" };
import { simulate, VirtualClock } from "../src/index.ts";
import { bytes } from "./support/bytes.ts";

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
  return { kind: write === undefined ? "transfer" : "write", data: bytes(write ?? transfer!) };
}

it.each(verdicts.devices)("$name", ({ device, wiring: changed = {}, transactions }) => {
  const entry = { spi: "sim", chipSelect: 3, ...device } as SimulateEntry;
  const wiring = {
    ...{ device: "x", chipSelect: 3, mode: 0, maximumHz: 1_000_000, bitOrder: "msb-first" as const },
    ...(changed as { bitOrder?: "lsb-first" }),
  };
  const opened = simulate([entry], new VirtualClock(1000.1)).openSpi("sim", wiring)!;
  for (const transaction of transactions) {
    let answer: object;
    try {
      const received = opened.transaction((transaction.operations as Written[]).map(operationOf));
      answer = { receives: received.map((each) => Buffer.from(each).toString("hex")) };
    } catch (error) {
      expect(error).toBeInstanceOf(SpiError);
      const { payload: code, message } = error as SpiError;
      answer = { fails: { code, message } };
    }
    expect({ operations: transaction.operations, ...answer }).toEqual(transaction);
  }
});

it.each(verdicts.refused)("refuses $name", ({ simulate: entries, message }) => {
  const refused = () => simulate(entries as SimulateEntry[], new VirtualClock(1000.1));
  expect(refused).toThrow(expect.objectContaining({ code: "board", message }));
});
