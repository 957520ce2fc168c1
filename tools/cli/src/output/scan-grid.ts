import type { I2cScan, I2cScanEntry } from "@busbar/host-node";
import { printable } from "./printable.ts";
import { hexAddress } from "./units.ts";

/** A scan as i2cdetect prints it, and below it in words what the marks mean. */
export function scanGrid(scan: I2cScan, emphasize: (text: string) => string): string {
  const cells = new Map(scan.entries.map((entry) => [entry.address, cellOf(entry, emphasize)]));
  const head = Array.from({ length: 16 }, (_, low) => low.toString(16).padStart(2));
  const lines = [`    ${head.join(" ")}`];
  for (let high = 0; high < 8; high += 1) {
    const row = Array.from({ length: 16 }, (_, low) => cells.get(high * 16 + low) ?? "  ");
    lines.push(`${high}0: ${row.join(" ")}`.trimEnd());
  }
  return [...lines, "", ...legend(scan)].join("\n");
}

/** i2cdetect's marks: the address where something answers, UU where a kernel driver is, blank where not probed. */
function cellOf({ address, state }: I2cScanEntry, emphasize: (text: string) => string): string {
  switch (state) {
    case "acknowledges":
      return emphasize(hexAddress(address).slice(2));
    case "busy":
      return "UU";
    case "absent":
      return "--";
    case "not-probed":
      return "  ";
  }
}

function legend({ entries }: I2cScan): string[] {
  const lines: string[] = [];
  const found = entries.filter(({ state }) => state === "acknowledges");
  lines.push(
    found.length === 0
      ? "Nothing acknowledges."
      : `Acknowledged: ${found.map(({ address }) => hexAddress(address)).join(", ")}.`,
  );
  for (const { address, driver } of entries.filter(({ state }) => state === "busy")) {
    const name = driver === undefined ? "a kernel driver" : `the kernel driver ${printable(driver, 60)}`;
    lines.push(`${hexAddress(address)} belongs to ${name} (UU); it was not probed.`);
  }
  const faults = entries.filter(({ fault }) => fault !== undefined);
  if (faults[0]?.fault !== undefined) {
    lines.push(
      `At ${faults.length} addresses the bus itself failed, first: ${printable(faults[0].fault, 300)}.`,
    );
  }
  return lines;
}
