/** Reading what other people's tools have written: the images of `test/vectors`. */

import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import {
  type FileEntry,
  type FileSystem,
  isoTime,
  openFileSystem,
  openFileSystemAsync,
} from "../src/index.ts";
import { diskOf, images, modified, tree } from "./images.ts";

function digest(parts: Iterable<Uint8Array>): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
}

/** All paths below a folder, folders with a "/" at the end. */
function walk(fileSystem: FileSystem, folder: string | FileEntry = "/", prefix = ""): string[] {
  return [...fileSystem.list(folder)].flatMap((entry) =>
    entry.kind === "file"
      ? [`${prefix}${entry.name}`]
      : [`${prefix}${entry.name}/`, ...walk(fileSystem, entry, `${prefix}${entry.name}/`)],
  );
}

const full = images.filter(({ empty }) => empty !== true);

describe.each(full)("$name", ({ name, label, serialNumber }) => {
  test("every file is found and has the bytes that were written", () => {
    const fileSystem = openFileSystem(diskOf(name));
    expect(fileSystem.kind).toBe(name.split(/[ ,]/)[0]);
    expect(fileSystem.label()).toBe(label);
    expect(fileSystem.serialNumber).toBe(serialNumber);
    const folders = ["sub/", "sub/deep/", "many/"];
    const written = tree.filter(({ only = fileSystem.kind }) => only === fileSystem.kind);
    expect(walk(fileSystem).sort()).toEqual([...written.map(({ path }) => path), ...folders].sort());
    for (const { path, size, sha256 } of written) {
      expect(fileSystem.stat(path)).toMatchObject({ kind: "file", size });
      expect(digest(fileSystem.read(path)), path).toBe(sha256);
    }
  });

  test("times and attributes", () => {
    const fileSystem = openFileSystem(diskOf(name));
    const time = fileSystem.stat("frag.bin").modified;
    expect(time && isoTime(time)).toMatch(new RegExp(`^${modified}`));
    const readMe = fileSystem.stat("README.TXT");
    if (fileSystem.kind !== "exFAT") expect(readMe).toMatchObject({ readOnly: true, hidden: true });
    expect(fileSystem.stat("lower.txt")).toMatchObject({ readOnly: false, hidden: false, system: false });
  });

  test("a path in another case, and what is not there", () => {
    const fileSystem = openFileSystem(diskOf(name));
    expect(fileSystem.stat("SUB/./Deep//INNER file.DAT").name).toBe("inner file.dat");
    expect(fileSystem.stat("gRÜßE, 日本語.TXT").size).toBe(24);
    if (fileSystem.kind === "exFAT") expect(fileSystem.stat("BEYOND 16 bits 😀 X.txt").size).toBe(17);
    else expect(fileSystem.stat("alongf~1.TXT").name).toBe("A long file name with spaces.txt");
    expect(fileSystem.stat("/")).toMatchObject({ kind: "directory", name: "" });
    for (const path of ["nothing", "sub/nothing", "README.TXT/x", "../README.TXT", "sub/.."]) {
      expect(() => fileSystem.stat(path)).toThrow(
        expect.objectContaining({ payload: expect.objectContaining({ tag: "not-found" }) }),
      );
    }
    expect(() => [...fileSystem.read("sub")]).toThrow('"sub" is a folder');
    expect(() => [...fileSystem.list("lower.txt")]).toThrow('"lower.txt" is a file');
  });

  test("any part of a file, in pieces of any size", () => {
    const fileSystem = openFileSystem(diskOf(name));
    const whole = Buffer.concat([...fileSystem.read("frag.bin")]);
    const part = (offset: number, length?: number, chunkBytes?: number) =>
      Buffer.concat([
        ...fileSystem.read("frag.bin", {
          offset,
          ...(length !== undefined && { length }),
          ...(chunkBytes !== undefined && { chunkBytes }),
        }),
      ]);
    for (const [offset, length, chunk] of [
      [0, 1, 512],
      [511, 2, 512],
      [4095, 9000, 1000],
      [12_345, undefined, 777],
      [whole.length - 1, 100, undefined],
      [whole.length, 100, undefined],
      [whole.length + 5, undefined, undefined],
      [5, 0, undefined],
    ] as const) {
      const expected = whole.subarray(offset, length === undefined ? undefined : offset + length);
      expect(part(offset, length, chunk).equals(expected), `${offset} ${length}`).toBe(true);
    }
    expect([...fileSystem.read("frag.bin", { chunkBytes: 600 })].every(({ length }) => length <= 600)).toBe(
      true,
    );
  });

  test("on a disk that answers later, with blocks of every size, and in a partition", async () => {
    const { bytes } = images.find((image) => image.name === name)!;
    for (const size of [512, 1024, 2048, 4096]) {
      if (bytes % size !== 0) continue;
      const disk = diskOf(name, size);
      const shifted = {
        blockSize: size,
        blockCount: disk.blockCount + 7,
        maximumTransferBlocks: 3,
        async read(first: number, count: number) {
          expect(count).toBeLessThanOrEqual(3);
          return disk.read(first - 7, count);
        },
      };
      const partition = { firstBlock: 7, blockCount: disk.blockCount };
      const fileSystem = await openFileSystemAsync(shifted, partition);
      expect(await fileSystem.label()).toBe(label);
      const names: string[] = [];
      for await (const entry of fileSystem.list("sub")) names.push(entry.name);
      expect(names).toEqual(["deep"]);
      const parts: Uint8Array[] = [];
      for await (const part of fileSystem.read("frag.bin", { offset: 100 })) parts.push(part);
      const expected = Buffer.concat([...openFileSystem(diskOf(name)).read("frag.bin")]).subarray(100);
      expect(Buffer.concat(parts).equals(expected)).toBe(true);
    }
  });
});

test("FAT32 with fewer clusters than it should have, as formatters make it when they are told to", () => {
  const fileSystem = openFileSystem(diskOf("FAT32 with too few clusters"));
  expect(fileSystem.kind).toBe("FAT32");
  expect(fileSystem.label()).toBe("BUSBAR");
  expect([...fileSystem.list("/")]).toEqual([]);
});

test("clusters that follow each other are one read", () => {
  const disk = diskOf("FAT32, 512");
  const fileSystem = openFileSystem(disk);
  const entry = fileSystem.stat("sub/deep/inner file.dat");
  disk.reads.length = 0;
  expect(Buffer.concat([...fileSystem.read(entry)])).toHaveLength(entry.size);
  // 5600 bytes are 11 clusters of 512; the FAT is known from before.
  expect(disk.reads.map(({ count }) => count)).toEqual([11]);
});
