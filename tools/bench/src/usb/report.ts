import Table from "cli-table3";
import type { Cost } from "../measure.ts";
import type { DiskRow } from "./disk.ts";

/** A table of disk rows: megabytes (10^6) a second, or microseconds for what moves nothing. */
export function diskTable(title: string, rows: readonly DiskRow[]): string {
  const table = new Table({
    head: [title, "component", "plain JS", "of plain", "processor, added for each transfer"],
    style: { head: [] },
  });
  for (const { what, component, plain, bytes, transfers } of rows) {
    const speed = ({ wallUs }: Cost) =>
      bytes > 0 ? `${(bytes / wallUs).toFixed(1)} MB/s` : `${((wallUs * 2) / transfers).toFixed(1)} us`;
    table.push([
      what,
      speed(component),
      speed(plain),
      (plain.wallUs / component.wallUs).toFixed(3),
      `${((component.processorUs - plain.processorUs) / transfers).toFixed(1)} us`,
    ]);
  }
  return table.toString();
}

/** A table of one echo. */
export function echoTable(title: string, costs: Record<"component" | "inside" | "plain", Cost>): string {
  const { component, inside, plain } = costs;
  const us = (value: number) => `${value.toFixed(1)} us`;
  const row = ({ wallUs, processorUs }: Cost) => [us(wallUs), us(processorUs), us(wallUs - plain.wallUs)];
  const table = new Table({
    head: [title, "wall", "processor", "added to the round trip"],
    style: { head: [] },
  });
  table.push(
    ["plain JS", ...row(plain)],
    ["component, one call for each", ...row(component)],
    ["component, loop inside", ...row(inside)],
  );
  return table.toString();
}
