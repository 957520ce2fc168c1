/** The tables on the host for Node. host/wasmtime/busbar-host/tests/conformance has the same for the native one. */

import { fileURLToPath } from "node:url";
import { openBoard } from "@busbar/host-node";
import { simulate } from "@busbar/sim";
import { expect, test } from "vitest";
import type { Row } from "../src/table.ts";
import { boardFile, expectedOn, lineOf } from "./tables.ts";

/** What the component exports; handles are opaque for whoever only passes them on. */
interface Conformance {
  readonly tables: { i2cTable(bus: unknown, delay: unknown): Row[]; spiTable(): Row[]; usbTable(): Row[] };
}

test("every function answers as the tables say", async () => {
  await using board = await openBoard(fileURLToPath(boardFile), { simulate, i2c: [], spi: [], usb: [] });
  const component = await board.component<Conformance>("conformance");
  const { i2cTable, spiTable, usbTable } = component.exports.tables;
  const rows = [
    ...(await i2cTable(component.i2c, component.delay)),
    ...(await spiTable()),
    ...(await usbTable()),
  ];
  expect(rows.map(lineOf)).toEqual(expectedOn("node"));
});
