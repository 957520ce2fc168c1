/**
 * Makes test/vectors/images.json with other people's tools: dosfstools and mtools for FAT, exfatprogs and exfat-fuse for
 * exFAT (these need root and a loop device). Run by hand, `node scripts/make-images.mjs`, when an image is added; the
 * tests need only the file. Only what is not zero is kept of an image.
 */

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";

const work = mkdtempSync(join(tmpdir(), "busbar-images-"));
const source = join(work, "source");
const modified = new Date("2026-11-22T17:14:02");

/** Compressible, and different in every place. */
function lines(count) {
  return Array.from({ length: count }, (_, index) => `${String(index).padStart(6, "0")} busbar\n`).join("");
}

const files = {
  "README.TXT": "short, upper case\n",
  "lower.txt": "short, lower case\n",
  "A long file name with spaces.txt": "long\n",
  "Grüße, 日本語.txt": "characters beyond ASCII\n",
  "empty.bin": "",
  "sub/deep/inner file.dat": lines(400),
  ...Object.fromEntries(
    Array.from({ length: 40 }, (_, index) => [`many/entry number ${index}.txt`, `${index}\n`]),
  ),
};
/** Copied after two of three small files were deleted: lies in the holes. */
const fragmented = { "frag.bin": lines(1500) };
/** mtools knows no characters beyond 16 bits. */
const exfatOnly = { "beyond 16 bits 😀 x.txt": "a surrogate pair\n" };

for (const [path, text] of Object.entries({ ...files, ...fragmented, ...exfatOnly })) {
  const file = join(source, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  utimesSync(file, modified, modified);
}

function run(command, ...parameters) {
  // mtools checks what kernels do not care about, such as the number of sectors of a track.
  const env = { ...process.env, MTOOLS_SKIP_CHECK: "1", TZ: "UTC", LC_ALL: "C.UTF-8" };
  return execFileSync(command, parameters, { env, stdio: ["ignore", "pipe", "inherit"] }).toString();
}

const top = [...new Set(Object.keys(files).map((path) => path.split("/")[0]))];

function fat(name, kib, parameters, blockSize = 512) {
  const image = formatted(name, kib, parameters);
  const copy = (...paths) => run("mcopy", "-i", image, "-s", "-m", ...paths, "::/");
  const holes = Array.from({ length: 24 }, (_, index) => join(work, `hole${index}`));
  for (const hole of holes) writeFileSync(hole, lines(64));
  copy(...holes);
  copy(...top.map((each) => join(source, each)));
  for (const [index, hole] of holes.entries()) {
    if (index % 3 !== 0) run("mdel", "-i", image, `::/${hole.split("/").pop()}`);
  }
  copy(join(source, "frag.bin"));
  for (const [index, hole] of holes.entries()) {
    if (index % 3 === 0) run("mdel", "-i", image, `::/${hole.split("/").pop()}`);
  }
  run("mattrib", "-i", image, "+r", "+h", "::/README.TXT");
  run("fsck.vfat", "-n", image);
  const command = `mkfs.vfat -C -n BUSBAR -i 12345678 ${parameters.join(" ")} ${kib}; mcopy -s -m`;
  return packed({ name, command, blockSize, label: "BUSBAR", serialNumber: 0x12345678 }, image);
}

/** mtools does not write FAT32 with fewer clusters than the specification allows; kernels do. */
function emptyFat(name, kib, parameters) {
  const command = `mkfs.vfat -C -n BUSBAR -i 12345678 ${parameters.join(" ")} ${kib}`;
  const facts = { name, command, blockSize: 512, label: "BUSBAR", serialNumber: 0x12345678, empty: true };
  return packed(facts, formatted(name, kib, parameters));
}

function formatted(name, kib, parameters) {
  const image = join(work, `${name}.img`);
  run("mkfs.vfat", "-C", "-n", "BUSBAR", "-i", "12345678", ...parameters, image, String(kib));
  return image;
}

function exfat(name, mib, parameters, blockSize = 512) {
  const image = join(work, `${name}.img`);
  run("truncate", "-s", `${mib}M`, image);
  const device = run("losetup", "-f", "--show", "-b", String(blockSize), image).trim();
  const mount = join(work, name);
  mkdirSync(mount);
  try {
    run("mkfs.exfat", "-L", "BUSBAR", ...parameters, device);
    run("mount.exfat-fuse", device, mount);
    try {
      for (let index = 0; index < 24; index += 1) writeFileSync(join(mount, `hole${index}`), lines(64));
      for (const each of [...top, ...Object.keys(exfatOnly)])
        cpSync(join(source, each), join(mount, each), { recursive: true, preserveTimestamps: true });
      for (let index = 0; index < 24; index += 1) if (index % 3 !== 0) rmSync(join(mount, `hole${index}`));
      cpSync(join(source, "frag.bin"), join(mount, "frag.bin"), { preserveTimestamps: true });
      for (let index = 0; index < 24; index += 3) rmSync(join(mount, `hole${index}`));
    } finally {
      run("umount", mount);
    }
    run("fsck.exfat", "-n", device);
  } finally {
    run("losetup", "-d", device);
  }
  const command = `losetup -b ${blockSize}; mkfs.exfat -L BUSBAR ${parameters.join(" ")}; mount.exfat-fuse, cp`;
  const serialNumber = readFileSync(image).readUInt32LE(100);
  return packed({ name, command, blockSize, label: "BUSBAR", serialNumber }, image);
}

function packed(facts, image) {
  const bytes = readFileSync(image);
  const runs = [];
  const parts = [];
  for (let at = 0; at < bytes.length; at += 512) {
    const part = bytes.subarray(at, at + 512);
    if (part.every((byte) => byte === 0)) continue;
    const last = runs.at(-1);
    if (last !== undefined && last[0] + last[1] === at) last[1] += part.length;
    else runs.push([at, part.length]);
    parts.push(part);
  }
  const data = gzipSync(Buffer.concat(parts), { level: 9 }).toString("base64");
  return { ...facts, bytes: statSync(image).size, runs, data };
}

const images = [
  fat("FAT12, a floppy", 1440, ["-F", "12"]),
  fat("FAT16, 512", 4096, ["-F", "16", "-s", "1"]),
  fat("FAT16, sectors of 2048", 16384, ["-F", "16", "-s", "1", "-S", "2048"], 2048),
  fat("FAT16, sectors of 4096 on blocks of 512", 32768, ["-F", "16", "-s", "1", "-S", "4096"]),
  fat("FAT32, 512", 40960, ["-F", "32", "-s", "1"]),
  fat("FAT32, sectors of 1024", 70000, ["-F", "32", "-s", "1", "-S", "1024"], 1024),
  emptyFat("FAT32 with too few clusters", 4096, ["-F", "32", "-s", "8"]),
  exfat("exFAT, 512", 8, ["-c", "1K", "-b", "64K"]),
  exfat("exFAT, 4096", 32, ["-c", "4K", "-b", "64K"], 4096),
];
const tree = Object.entries({ ...files, ...fragmented, ...exfatOnly }).map(([path, text]) => ({
  path,
  size: Buffer.byteLength(text),
  sha256: createHash("sha256").update(text).digest("hex"),
  ...(path in exfatOnly && { only: "exFAT" }),
}));
const target = join(import.meta.dirname, "../test/vectors/images.json");
mkdirSync(dirname(target), { recursive: true });
const records = images.map((image) => JSON.stringify(image)).join(",\n");
writeFileSync(
  target,
  `{"modified":"2026-11-22T17:14:02","tree":${JSON.stringify(tree)},"images":[\n${records}\n]}\n`,
);
rmSync(work, { recursive: true });
console.log(`${target}: ${statSync(target).size} bytes`);
