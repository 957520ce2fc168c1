/** The host on Wasmtime and its USB drivers, on models in memory, beside the same transfers without a component. */

import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import Table from "cli-table3";
import { median } from "../measure.ts";
import { buildMeasure, compileDrivers, measureProgram } from "../native/build.ts";
import { writeUsbBoard } from "./board.ts";
import type { Figures, Turns } from "./figures.ts";

/** Both in one process. */
type InTurns = Figures & { readonly plain: Turns };

const pieceKib = 64;
const queue = 2;

/**
 * Prints the tables. What it needs is built for release, which takes minutes the first time.
 *
 * @param folder for what is made on the way
 */
export async function reportNativeUsb(folder: string): Promise<void> {
  buildMeasure();
  const env = { ...process.env, XDG_CACHE_HOME: join(folder, "cache") };
  const measure = async (what: string, board: string, ...parameters: (string | number)[]) => {
    const { stdout } = await promisify(execFile)(measureProgram, [what, board, ...parameters.map(String)], {
      env,
    });
    return JSON.parse(stdout) as InTurns;
  };
  const disk = writeUsbBoard(folder, "mass-storage", { class: "0x08" }, { queue });
  const echo = writeUsbBoard(folder, "usb-echo", { class: "0xff" }, {});
  for (const board of [disk, echo]) compileDrivers(board, env);

  const rows: [string, InTurns][] = [];
  for (const speed of [40, 400]) {
    rows.push([`model of ${speed} MB/s`, await measure("disk", disk, pieceKib, queue, speed)]);
  }
  console.log(diskTable(rows));
  console.log(echoTable(await measure("echo", echo, "inf")));
}

function diskTable(rows: readonly (readonly [string, InTurns])[]): string {
  const table = new Table({
    head: [
      `sequential read, ${pieceKib} KiB, ${queue} ahead`,
      "plain",
      "component",
      "ratio",
      "of the best turns",
      "must",
      "processor, added for each read",
    ],
    style: { head: [] },
  });
  for (const [what, { component, plain }] of rows) {
    // Bytes in a microsecond are megabytes in a second.
    const speed = ({ wall }: Turns) => (pieceKib * 1024) / median(wall);
    const added = median(component.processor) - median(plain.processor);
    const megabytes = (value: number) => `${value.toFixed(1)} MB/s`;
    table.push([
      what,
      megabytes(speed(plain)),
      megabytes(speed(component)),
      (speed(component) / speed(plain)).toFixed(3),
      // What else this machine does takes from every turn but the best.
      (Math.min(...plain.wall) / Math.min(...component.wall)).toFixed(3),
      "0.97",
      `${added.toFixed(0)} us`,
    ]);
  }
  return table.toString();
}

function echoTable({ component, inside, plain }: InTurns): string {
  const table = new Table({
    head: [
      "round trip, 32 bytes, a device that takes no time",
      "wall",
      "added",
      "in the best turn",
      "must",
      "processor, added",
    ],
    style: { head: [] },
  });
  const us = (value: number) => `${value.toFixed(1)} us`;
  const row = (what: string, { wall, processor }: Turns, must: string) => {
    const added = median(wall) - median(plain.wall);
    const addedProcessor = median(processor) - median(plain.processor);
    const addedAtBest = Math.min(...wall) - Math.min(...plain.wall);
    table.push([what, us(median(wall)), us(added), us(addedAtBest), must, us(addedProcessor)]);
  };
  row("plain", plain, "");
  row("component, one call for each", component, "10 us");
  if (inside !== undefined) row("component, loop inside, which checks all bytes", inside, "");
  return table.toString();
}
