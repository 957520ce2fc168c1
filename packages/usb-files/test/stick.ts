/** A simulated stick with a partition table and a file system of other people's tools, and the app's board around it. */

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { AppError, type BoardEvent, type BoardFile } from "@busbar/host";
import { openBoard } from "@busbar/host-node";
import { Disk, MemoryMedium } from "@busbar/mass-storage/model";
import { SimulatedUsb, VirtualClock } from "@busbar/sim";

interface Vectors {
  readonly tree: readonly { path: string; size: number; sha256: string; only?: string }[];
  readonly images: readonly { name: string; bytes: number; runs: [number, number][]; data: string }[];
}

/** Two of the images of @busbar/fat, and what is in them. */
export const { tree, images } = JSON.parse(
  readFileSync(new URL("./vectors/images.json", import.meta.url), "utf8"),
) as Vectors;

const packages = dirname(dirname(import.meta.dirname));

/** Where the build puts the component. */
export const component = join(packages, "usb-files/dist/usb-files.wasm");

const BLOCK = 512;
/** Where the second partition begins; the first has no file system that the app knows. */
const FIRST_BLOCK = 2048;

/** The bytes of an image. */
export function imageBytes(name: string): Buffer {
  const { bytes, runs, data } = images.find((image) => image.name === name)!;
  const image = Buffer.alloc(bytes);
  const packed = gunzipSync(Buffer.from(data, "base64"));
  let at = 0;
  for (const [offset, length] of runs) {
    packed.copy(image, offset, at, at + length);
    at += length;
  }
  return image;
}

/** A disk with two partitions, the second with a file system. */
export function partitioned(image: Uint8Array): MemoryMedium {
  const medium = new MemoryMedium(FIRST_BLOCK * BLOCK + image.length);
  const record = Buffer.alloc(BLOCK);
  record.set([0x83, 0, 0, 0], 446 + 4);
  record.writeUInt32LE(64, 446 + 8);
  record.writeUInt32LE(100, 446 + 12);
  record.set([0x0c, 0, 0, 0], 462 + 4);
  record.writeUInt32LE(FIRST_BLOCK, 462 + 8);
  record.writeUInt32LE(image.length / BLOCK, 462 + 12);
  record.writeUInt16LE(0xaa55, 510);
  medium.write(0, record);
  medium.write(FIRST_BLOCK * BLOCK, image);
  return medium;
}

/** How a run of the app ended, and what it has written. */
export interface Run {
  readonly output: Buffer;
  readonly errors: string;
  readonly failed: boolean;
  readonly events: readonly BoardEvent[];
}

/** The app, a stick in port 1-1, and a folder. */
export class Setup implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), "busbar-usb-files-"));
  readonly #medium: MemoryMedium;
  readonly #entry: Partial<NonNullable<BoardFile["apps"]>[string]>;
  /** Told of everything that the app prints. */
  onOutput: (usb: SimulatedUsb) => void = () => {};

  constructor(
    medium: MemoryMedium,
    entry: Partial<NonNullable<BoardFile["apps"]>[string]> = { folder: { path: "out", write: true } },
  ) {
    this.#medium = medium;
    this.#entry = entry;
  }

  /** Runs the app once. */
  async run(...words: string[]): Promise<Run> {
    const clock = new VirtualClock();
    const usb = new SimulatedUsb(clock);
    usb.plug("1-1", new Disk({ units: [{ medium: this.#medium }] }, clock));
    const events: BoardEvent[] = [];
    const driver = join(packages, "mass-storage/dist/mass-storage.wasm");
    await using board = await openBoard(
      {
        devices: { stick: { driver, usb: { class: "0x08" } } },
        apps: { files: { component, uses: ["stick"], ...this.#entry } },
      },
      { clock, usb: [usb], i2c: [], folder: this.folder, onEvent: (event) => void events.push(event) },
    );
    const output: Uint8Array[] = [];
    const errors: Uint8Array[] = [];
    let failed = false;
    try {
      await board.run("files", {
        arguments: words,
        output: (bytes) => {
          output.push(bytes);
          this.onOutput(usb);
        },
        errors: (bytes) => void errors.push(bytes),
      });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      failed = true;
    }
    return { output: Buffer.concat(output), errors: Buffer.concat(errors).toString(), failed, events };
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true });
  }
}
