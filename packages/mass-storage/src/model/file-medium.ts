import type { Medium } from "./medium.ts";

/** What is used of Node's `node:fs`. */
interface FileSystem {
  existsSync(path: string): boolean;
  openSync(path: string, flags: string): number;
  closeSync(file: number): void;
  fstatSync(file: number): { readonly size: number };
  ftruncateSync(file: number, bytes: number): void;
  fsyncSync(file: number): void;
  readSync(file: number, data: Uint8Array, offset: number, length: number, position: number): number;
  writeSync(file: number, data: Uint8Array, offset: number, length: number, position: number): number;
}

/** What is used of Node's `process`. */
interface NodeProcess {
  getBuiltinModule?(name: string): FileSystem | undefined;
}

/** A disk image. A file that does not exist is made, sparse; one that does keeps its contents. */
export class FileMedium implements Medium, Disposable {
  readonly bytes: number;
  readonly #fs: FileSystem;
  #file: number | undefined;

  /**
   * @param path of the image
   * @param bytes how long to make it; its own length where it is left out
   * @throws RangeError where there are no files (in a browser), or this one cannot be opened
   */
  constructor(path: string, bytes?: number) {
    // Not imported: models run in browsers too, where only this class does not.
    const { process } = globalThis as { process?: NodeProcess };
    const fs = process?.getBuiltinModule?.("node:fs");
    if (fs === undefined) throw new RangeError("Only Node has files; leave out the file.");
    this.#fs = fs;
    try {
      this.#file = fs.openSync(path, fs.existsSync(path) ? "r+" : "w+");
      if (bytes !== undefined && fs.fstatSync(this.#file).size < bytes) fs.ftruncateSync(this.#file, bytes);
      this.bytes = bytes ?? fs.fstatSync(this.#file).size;
    } catch (cause) {
      throw new RangeError(`The image ${path} cannot be opened: ${(cause as Error).message}.`, { cause });
    }
  }

  read(offset: number, length: number): Uint8Array {
    const data = new Uint8Array(length);
    for (let done = 0; done < length; ) {
      const count = this.#fs.readSync(this.#opened(), data, done, length - done, offset + done);
      if (count === 0) break;
      done += count;
    }
    return data;
  }

  write(offset: number, data: Uint8Array): void {
    for (let done = 0; done < data.length; ) {
      done += this.#fs.writeSync(this.#opened(), data, done, data.length - done, offset + done);
    }
  }

  flush(): void {
    this.#fs.fsyncSync(this.#opened());
  }

  /** Closes the file. */
  [Symbol.dispose](): void {
    if (this.#file !== undefined) this.#fs.closeSync(this.#file);
    this.#file = undefined;
  }

  #opened(): number {
    if (this.#file === undefined) throw new RangeError("The image was closed.");
    return this.#file;
  }
}
