import { busNameOf } from "@busbar/host/backend";
import { type I2cBusInfo, listI2cBuses, scanI2c } from "@busbar/host-node";
import type { Command } from "commander";
import { describeFunctions, functionNames } from "../i2c-functions.ts";
import { Output, style } from "../output/output.ts";
import { printable, printableMessage } from "../output/printable.ts";
import { scanGrid } from "../output/scan-grid.ts";
import { hexAddress } from "../output/units.ts";
import { jsonOption } from "./options.ts";

/** `busbar scan`. */
export function addScan(program: Command): void {
  program
    .command("scan")
    .summary("list the I2C buses, or scan one for devices")
    .description(
      "Without a bus: lists this machine's I2C buses, and causes no bus traffic. With one: finds out which addresses " +
        "acknowledge, in the way of i2cdetect. No way of probing is free of risk: a few chips take it as an order.",
    )
    .argument("[bus]", "1, i2c-1, /dev/i2c-1, or the adapter's name")
    .addOption(jsonOption())
    .action((bus: string | undefined, { json = false }: { json?: boolean }) => {
      const output = new Output(json);
      if (bus === undefined) listBuses(output);
      else scanBus(bus, output);
    });
}

function listBuses(output: Output): void {
  const buses = listI2cBuses();
  if (output.json) {
    output.document({
      buses: buses.map(({ functionality, ...bus }) => ({
        ...bus,
        functions: functionality === undefined ? [] : functionNames(functionality),
      })),
    });
  } else if (buses.length === 0) {
    output.line('This machine has no I2C bus; "busbar doctor" says what is missing.');
  } else {
    output.block(buses.map(describeBus).join("\n"));
    output.block('\n"busbar scan N" finds the devices on bus N.');
  }
}

const abilities = { i2c: "takes any I2C transaction", smbus: "SMBus operations only" } as const;

function describeBus({ number, name, path, kind, functionality, problem }: I2cBusInfo): string {
  const title = `${style("bold", String(number))}  ${printable(name, 60) || "(no name)"}, ${path}`;
  const lines = [kind === undefined ? title : `${title}, ${abilities[kind]}`];
  if (functionality !== undefined) lines.push(`   ${style("dim", describeFunctions(functionality))}`);
  if (problem !== undefined) lines.push(`   ${style("red", printableMessage(problem))}`);
  return lines.join("\n");
}

function scanBus(bus: string, output: Output): void {
  const scan = scanI2c(busNameOf(bus));
  if (output.json) {
    const addresses = scan.entries.map((entry) => ({ ...entry, address: hexAddress(entry.address) }));
    const acknowledged = addresses
      .filter(({ state }) => state === "acknowledges")
      .map(({ address }) => address);
    output.document({ number: scan.number, name: scan.name, acknowledged, addresses });
  } else {
    output.block(`${style("bold", `Bus ${scan.number}`)}  ${printable(scan.name, 60)}\n`);
    output.block(scanGrid(scan, (text) => style(["bold", "green"], text)));
  }
}
