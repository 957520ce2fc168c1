/** The app: one request, done. It knows no USB and no driver. */

import { type FileEntry, type FileSystem, isoTime, printable } from "@busbar/fat";
import type { AppBlockDevice } from "@busbar/guest/app/block-device";
import type { AppFolder } from "@busbar/guest/app/folder";
import { parseArguments } from "./arguments.ts";
import { chooseFileSystem } from "./choose.ts";
import { CopyOut } from "./copy-out.ts";

/** What the app needs of the world around it. */
export interface Surroundings {
  openBlockDevice(name: string): AppBlockDevice;
  openFolder(): AppFolder;
  print(line: string): void;
  /** Beside what was asked for: standard error. */
  printError(line: string): void;
  writeOut(bytes: Uint8Array): void;
}

/** Room for sizes up to 99 GB. */
const SIZE_COLUMNS = 11;

/**
 * Does what the arguments say.
 *
 * @throws DriverError
 */
export function usbFiles(words: readonly string[], surroundings: Surroundings): void {
  const request = parseArguments(words);
  const device = surroundings.openBlockDevice(request.disk);
  try {
    const disk = { ...device.info(), read: device.read };
    const warn = (message: string) => surroundings.printError(`warning: ${message}`);
    const fileSystem = chooseFileSystem(disk, request.partition, warn);
    const { print, writeOut } = surroundings;
    switch (request.command) {
      case "ls":
        for (const entry of listed(fileSystem, request.path)) print(entryLine(entry));
        return;
      case "cat":
        for (const piece of fileSystem.read(request.path)) writeOut(piece);
        return;
      case "copy": {
        const entry = fileSystem.stat(request.path);
        const { files, bytes } = new CopyOut(fileSystem, surroundings.openFolder(), print).copy(entry);
        print(`${files} ${files === 1 ? "file" : "files"}, ${bytes} bytes`);
      }
    }
  } finally {
    device.close();
  }
}

/** What is in a folder; of a file, itself. */
function listed(fileSystem: FileSystem, path: string): Iterable<FileEntry> {
  const entry = fileSystem.stat(path);
  return entry.kind === "file" ? [entry] : fileSystem.list(entry);
}

/** "2026-11-22 17:14:02       1234 name", with a "/" after a folder's name. */
export function entryLine(entry: FileEntry): string {
  const time = entry.modified === undefined ? "" : isoTime(entry.modified).slice(0, 19).replace("T", " ");
  const size = entry.kind === "file" ? String(entry.size) : "-";
  const name = printable(entry.name) + (entry.kind === "file" ? "" : "/");
  return `${time.padEnd(19)} ${size.padStart(SIZE_COLUMNS)} ${name}`;
}
