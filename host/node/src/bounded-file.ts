import * as fs from "node:fs";

/** Why a file is not read. */
export class UnfitFileError extends Error {
  override readonly name = "UnfitFileError";

  /** @param message a clause about the file: "it is a folder" */
  constructor(message: string) {
    super(message);
  }
}

const MIB = 1024 * 1024;

/**
 * Reads a regular file that somebody else may have made, as it is when it is opened: never waits for what is at the other
 * end of a pipe or a device, and reads no more than `mostBytes`, however much is appended meanwhile.
 *
 * @param mostBytes a multiple of 1 MiB
 * @throws UnfitFileError; the system's errors
 */
export function readBoundedFile(path: string, mostBytes: number): Uint8Array {
  // Before opening, too: opening a device can do something.
  requireRegular(fs.statSync(path));
  const descriptor = fs.openSync(path, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
  try {
    const stats = fs.fstatSync(descriptor);
    requireRegular(stats);
    if (stats.size > mostBytes) {
      throw new UnfitFileError(
        `it has ${Math.ceil(stats.size / MIB)} MiB, and ${mostBytes / MIB} are allowed`,
      );
    }
    const bytes = new Uint8Array(stats.size);
    let length = 0;
    while (length < bytes.length) {
      const count = fs.readSync(descriptor, bytes, length, bytes.length - length, null);
      if (count === 0) break;
      length += count;
    }
    return bytes.subarray(0, length);
  } finally {
    fs.closeSync(descriptor);
  }
}

function requireRegular(stats: fs.Stats): void {
  if (stats.isFile()) return;
  const what = stats.isDirectory()
    ? "a folder"
    : stats.isFIFO()
      ? "a pipe"
      : stats.isSocket()
        ? "a socket"
        : "a device";
  throw new UnfitFileError(`it is ${what}, and no file`);
}
