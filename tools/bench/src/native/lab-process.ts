/**
 * Run in the virtual machine: each thing by a program in C and by the host on Wasmtime, that of I2C by the host on WAMR, too, in
 * turns, on the same devices. The folder that is given has the programs in C.
 */

import { execFile } from "node:child_process";
import { truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { attachI2cAdapter, GADGET_VENDOR_ID, Gadget, startUdevd } from "@busbar/lab/guest";
import Table from "cli-table3";
import { median, mediansInTurns, shown } from "../measure.ts";
import { writeUsbBoard } from "../usb/board.ts";
import type { Figures } from "../usb/figures.ts";
import { wamrMeasureProgram, wamrProgram } from "../wamr/build.ts";
import { writeJson } from "./board.ts";
import { driverOf, measureProgram, nativeProgram } from "./build.ts";
import { paperTable } from "./paper.ts";

const [programs] = process.argv.slice(2) as [string];
const folder = "/dev/shm";
const turns = 7;
const mebibyte = 1024 ** 2;
const pieceKib = 64;
const queue = 2;
/** More than examples/measure reads of it, one turn after the other. */
const diskBytes = 40 * mebibyte;
const trips = 200;
const productId = 0x0011;
/** What is on the adapter. Text and numbers are as the models of tools/sim have them. */
const chips = { bme280: 0x76, hts221: 0x5f, ht16k33: 0x70 };
/** Guest code is 30 to 50 times slower where the processor is emulated. */
const limits = { callMs: 600_000 };

/** A figure of a program in C and of both hosts in Rust, in turns: medians. */
async function each(
  native: () => Promise<number>,
  component: () => Promise<number>,
  wamr: () => Promise<number>,
) {
  return await inTurns({ native, component, wamr });
}

/** The same without the host on WAMR. */
async function both(native: () => Promise<number>, component: () => Promise<number>) {
  return await inTurns({ native, component });
}

async function inTurns<Way extends string>(ways: Readonly<Record<Way, () => Promise<number>>>) {
  return await mediansInTurns(Object.keys(ways) as Way[], turns, (way) => ways[way]());
}

async function output(program: string, ...parameters: (string | number)[]): Promise<string> {
  return (await promisify(execFile)(program, parameters.map(String))).stdout;
}

/** Milliseconds of a whole process. */
async function processMs(program: string, ...parameters: (string | number)[]): Promise<number> {
  const start = performance.now();
  await output(program, ...parameters);
  return performance.now() - start;
}

const inC = (name: string) => join(programs, name);
await using _ = await startUdevd();

const models = Object.entries(chips).map(([model, address]) => ({ model, address }));
await using adapter = await attachI2cAdapter(models);
const { busNumber } = adapter;

/** A board with one chip of the adapter, which is called "first". */
function writeI2cBoard(name: keyof typeof chips, settings: object): string {
  const i2c = { bus: busNumber, address: chips[name] };
  return writeJson(folder, `${name}-${Object.values(settings).join()}.json`, {
    devices: { first: { driver: driverOf(name), i2c, settings, limits } },
  });
}

const forced = writeI2cBoard("bme280", {});
const normal = writeI2cBoard("bme280", { mode: "normal" });
const humid = writeI2cBoard("hts221", {});
const panel = writeI2cBoard("ht16k33", {});
const bme280 = await each(
  () => processMs(inC("bme280"), busNumber),
  () => processMs(nativeProgram, "read", forced),
  () => processMs(wamrProgram, "read", forced),
);
const reading = await each(
  async () => Number(await output(inC("bme280"), busNumber, 100)),
  async () => Number(await output(measureProgram, "wall", normal)),
  async () => Number(await output(wamrMeasureProgram, "wall", normal)),
);
const hts221 = await each(
  () => processMs(inC("hts221"), busNumber),
  () => processMs(nativeProgram, "read", humid),
  () => processMs(wamrProgram, "read", humid),
);
const display = await each(
  () => processMs(inC("ht16k33"), busNumber),
  () => processMs(measureProgram, "show", panel),
  () => processMs(wamrMeasureProgram, "show", panel),
);

const image = join(folder, "disk.img");
writeFileSync(image, "");
truncateSync(image, diskBytes);
using gadget = new Gadget({
  name: "bench",
  productId,
  functions: [{ name: "Loopback.0" }, { name: "mass_storage.0", attributes: { "lun.0/file": image } }],
});
gadget.plug();
await gadget.recognised({ 1: "usb-storage" });
const hex = (value: number) => `0x${value.toString(16).padStart(4, "0")}`;
const usb = { vendorId: hex(GADGET_VENDOR_ID), productId: hex(productId) };
const echoBoard = writeUsbBoard(folder, "usb-echo", { ...usb, interfaces: [0] }, {});
const diskBoard = writeUsbBoard(folder, "mass-storage", { ...usb, interfaces: [1] }, { queue });
const peaks = { native: [] as number[], component: [] as number[] };
/** Microseconds of a repetition; the second number is the most memory, in KiB. */
async function usbInC(what: string, interfaceNumber: number, ...parameters: number[]): Promise<number> {
  const said = await output(inC("usb"), what, usb.vendorId, usb.productId, interfaceNumber, ...parameters);
  const [us, peakKib] = said.split(" ").map(Number) as [number, number];
  peaks.native.push(peakKib);
  return us;
}
async function usbFigures(what: string, board: string, ...parameters: number[]): Promise<number> {
  const { component, peak } = JSON.parse(await output(measureProgram, what, board, ...parameters)) as Figures;
  peaks.component.push(peak);
  return median(component.wall);
}
const trip = await both(
  () => usbInC("echo", 0, trips),
  () => usbFigures("echo", echoBoard),
);
const piece = await both(
  () => usbInC("disk", 1, pieceKib, queue),
  () => usbFigures("disk", diskBoard, pieceKib, queue),
);

const table = new Table({
  head: [
    "on the kernel's bus and gadget, medians, in turns",
    ...["C", "Wasmtime", "ratio", "added", "WAMR", "ratio", "added"],
  ],
  style: { head: [] },
});
interface Row {
  readonly native: number;
  readonly component: number;
  readonly wamr?: number;
}
const row = (what: string, { native, component, wamr }: Row, unit: string) => {
  const figure = (value: number) => `${shown(value)} ${unit}`;
  const beside = (ours: number) => [figure(ours), (ours / native).toFixed(3), figure(ours - native)];
  const onWamr = wamr === undefined ? ["", "", ""] : beside(wamr);
  table.push([what, figure(native), ...beside(component), ...onWamr]);
};
row("bme280, whole process, one forced reading", bme280, "ms");
row("bme280, one reading, normal mode", reading, "us");
row("hts221, whole process, one reading", hts221, "ms");
row("ht16k33, whole process, a text", display, "ms");
row("USB round trip, 32 bytes", trip, "us");
row(`USB disk, ${pieceKib} KiB, ${queue} ahead`, piece, "us");
console.log(table.toString());
console.log(
  `The disk is read at ${(piece.native / piece.component).toFixed(3)} of the speed of C (must 0.97); a round trip takes ` +
    `${(trip.component - trip.native).toFixed(1)} us more (must 10 us).`,
);
const speed = (us: number) => (pieceKib * 1024 * 1e6) / us / mebibyte;
console.log(
  paperTable({
    display,
    displayOnWamr: { native: display.native, component: display.wamr },
    hts221,
    disk: { native: speed(piece.native), component: speed(piece.component) },
    trip: { native: trip.native / 1000, component: trip.component / 1000 },
    memory: {
      native: (median(peaks.native) * 1024) / 1e6,
      component: (median(peaks.component) * 1024) / 1e6,
    },
  }),
);
