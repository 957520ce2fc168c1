/** A disk image by the tools that everybody uses. */
import { truncate, writeFile } from "node:fs/promises";
import { run, runWithInput } from "../src/run.ts";
import { Random } from "./support.ts";

const BLOCK_BYTES = 512;
const MEBIBYTE = 1024 * 1024;

/** Makes an empty disk. @returns `file` */
export async function emptyImage(file: string, mebibytes: number): Promise<string> {
  await writeFile(file, "");
  await truncate(file, mebibytes * MEBIBYTE);
  return file;
}

/**
 * Makes a disk of 64 MiB with a FAT32 partition, in which there is one file, and a FAT16 partition without a file system.
 *
 * @param file the image
 * @param content where what the file "a rather long name.bin" has is written to: 300,000 bytes
 * @returns `file`
 */
export async function partitionedImage(file: string, content: string): Promise<string> {
  await emptyImage(file, 64);
  await runWithInput("sfdisk", [file], "label: dos\nlabel-id: 0x12345678\n1M 40M c *\n41M 16M e\n");
  const offset = String(MEBIBYTE / BLOCK_BYTES);
  await run("mkfs.vfat", ["-F", "32", "-n", "BUSBAR", "--offset", offset, file, String(40 * 1024)]);
  await writeFile(content, new Random(1).bytes(300_000));
  await run("mcopy", ["-i", `${file}@@${MEBIBYTE}`, content, "::/a rather long name.bin"]);
  return file;
}
