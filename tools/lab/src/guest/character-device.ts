import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { waitFor } from "./wait.ts";

/** The kernel keeps as little as 64 events for its reader, of which a keyboard may send three in each report. */
const READ_STEP_MS = 1;

/** A device file, opened so that nothing blocks: what is not ready is asked for again. */
export class CharacterDevice implements AsyncDisposable {
  readonly path: string;
  readonly #file: FileHandle;

  private constructor(path: string, file: FileHandle) {
    this.path = path;
    this.#file = file;
  }

  /** Opens it for reading and writing, as soon as the kernel has made it. */
  static async open(path: string): Promise<CharacterDevice> {
    const flags = constants.O_RDWR | constants.O_NONBLOCK | constants.O_NOCTTY;
    const file = await waitFor(`make ${path}`, () =>
      open(path, flags).catch((error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT") return undefined;
        throw error;
      }),
    );
    return new CharacterDevice(path, file);
  }

  /**
   * Reads what is there.
   *
   * @returns 1 to `length` bytes; none at the end of the file
   * @throws Error with the kernel's code, or when nothing comes
   */
  async read(length: number): Promise<Uint8Array> {
    const buffer = new Uint8Array(length);
    const count = await waitFor(
      `give anything on ${this.path}`,
      () => whenReady(async () => (await this.#file.read(buffer, 0, length)).bytesRead),
      undefined,
      READ_STEP_MS,
    );
    return buffer.subarray(0, count);
  }

  /** Writes everything. @throws Error with the kernel's code, or when it does not go on */
  async write(data: Uint8Array): Promise<void> {
    for (let written = 0; written < data.length; ) {
      written += await waitFor(`take anything on ${this.path}`, () =>
        whenReady(async () => (await this.#file.write(data, written)).bytesWritten || undefined),
      );
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close();
  }
}

/** Undefined where the kernel says "not yet". */
async function whenReady(access: () => Promise<number | undefined>): Promise<number | undefined> {
  try {
    return await access();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EAGAIN") return undefined;
    throw error;
  }
}
