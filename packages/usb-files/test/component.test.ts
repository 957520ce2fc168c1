/** The built app and the built driver, through the host, on a simulated stick. */

import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readComponent } from "@busbar/host";
import { MemoryMedium } from "@busbar/mass-storage/model";
import { describe, expect, test } from "vitest";
import { component, imageBytes, images, partitioned, Setup, tree } from "./stick.ts";

function digest(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

test("imports what its world declares and nothing more", () => {
  const { imports } = readComponent(readFileSync(component), "usb-files");
  expect(imports.map(({ name }) => name.replace(/@.*/, "")).sort()).toEqual([
    "busbar:device/block-device",
    "busbar:device/errors",
    "wasi:cli/environment",
    "wasi:cli/stderr",
    "wasi:cli/stdout",
    "wasi:clocks/monotonic-clock",
    "wasi:clocks/wall-clock",
    "wasi:filesystem/preopens",
    "wasi:filesystem/types",
    "wasi:io/error",
    "wasi:io/poll",
    "wasi:io/streams",
  ]);
});

describe.each(images)("$name", ({ name }) => {
  const kind = name.split(",")[0];
  const written = tree.filter(({ only = kind }) => only === kind);

  test("ls shows what is there", async () => {
    using setup = new Setup(partitioned(imageBytes(name)));
    const root = (await setup.run("ls")).output.toString().trimEnd().split("\n");
    expect(root).toHaveLength(written.filter(({ path }) => !path.includes("/")).length + 2);
    expect(root).toContainEqual(expect.stringMatching(/^2026-11-22 17:14:02 {7}21000 frag\.bin$/));
    expect(root).toContainEqual(expect.stringMatching(/ - many\/$/));
    const folder = await setup.run("ls", "SUB/deep");
    expect(folder.output.toString()).toMatch(/ 5600 inner file\.dat\n$/);
    expect((await setup.run("ls", "frag.bin")).output.toString()).toMatch(/ 21000 frag\.bin\n$/);
  });

  test("cat gives the bytes as they are", async () => {
    using setup = new Setup(partitioned(imageBytes(name)));
    for (const path of ["frag.bin", "empty.bin", "Grüße, 日本語.txt"]) {
      const { output, errors } = await setup.run("--partition", "2", "cat", path);
      expect(digest(output)).toBe(tree.find((file) => file.path === path)?.sha256);
      expect(errors).toBe("");
    }
  });

  test("copy takes everything out, and overwrites nothing", async () => {
    using setup = new Setup(partitioned(imageBytes(name)));
    const { output, failed } = await setup.run("copy", "/");
    expect(failed).toBe(false);
    const total = written.reduce((sum, { size }) => sum + size, 0);
    expect(output.toString()).toMatch(new RegExp(`\n${written.length} files, ${total} bytes\n$`));
    for (const { path, sha256 } of written) {
      expect(digest(readFileSync(join(setup.folder, "out", path))), path).toBe(sha256);
    }
    writeFileSync(join(setup.folder, "out", "README.TXT"), "mine");
    const again = await setup.run("copy", "README.TXT");
    expect(again).toMatchObject({ failed: true });
    expect(again.errors).toBe('error: "README.TXT" is there already; nothing is overwritten.\n');
    expect(readFileSync(join(setup.folder, "out", "README.TXT"), "utf8")).toBe("mine");
  });
});

test("a stick without partitions", async () => {
  const image = imageBytes("FAT16, 512");
  const medium = new MemoryMedium(image.length);
  medium.write(0, image);
  using setup = new Setup(medium);
  expect((await setup.run("cat", "lower.txt")).output.toString()).toBe("short, lower case\n");
  expect((await setup.run("--partition", "1", "ls")).errors).toContain("no partitions");
});

describe("what is wrong is one sentence, and the app ends with an error", () => {
  test.each([
    [["ls", "nowhere"], 'There is no "nowhere"'],
    [["cat", "sub"], '"sub" is a folder'],
    [["--partition", "7", "ls"], "The disk has no partition 7; it has 1, 2."],
    [["--partition", "1", "ls"], "There is no FAT or exFAT file system here"],
    [["--disk", "other", "ls"], 'the app may not use "other"'],
    [["frobnicate"], "Say what to do"],
  ])("%j", async (words, sentence) => {
    using setup = new Setup(partitioned(imageBytes("FAT16, 512")));
    const { failed, errors, output } = await setup.run(...words);
    expect({ failed, output: output.length }).toEqual({ failed: true, output: 0 });
    expect(errors).toMatch(/^error: [^\n]+\n$/);
    expect(errors).toContain(sentence);
  });

  test.each([
    ["an empty stick", new MemoryMedium(2 ** 20)],
    ["a partition with noise", partitioned(Buffer.alloc(2 ** 16, "noise"))],
  ])("%s", async (_, medium) => {
    using setup = new Setup(medium);
    const { failed, errors } = await setup.run("ls");
    expect(failed).toBe(true);
    expect(errors).toMatch(/^error: [^\n]+\n$/);
  });
});

test.each([0x00, 0x60])(
  "a boot sector that begins with %i, with a partition table around it and without",
  async (byte) => {
    const image = imageBytes("FAT16, 512");
    using right = new Setup(partitioned(image));
    const { output } = await right.run("ls");
    image[0] = byte;
    const whole = new MemoryMedium(image.length);
    whole.write(0, image);
    for (const medium of [partitioned(image), whole]) {
      using setup = new Setup(medium);
      expect(await setup.run("ls")).toMatchObject({ failed: false, errors: "", output });
    }
  },
);

test("a file system that is cut off is read as far as it goes, and that is said", async () => {
  const image = imageBytes("FAT16, 512");
  using whole = new Setup(partitioned(image));
  using cut = new Setup(partitioned(image.subarray(0, 2 ** 20)));
  const { failed, errors, output } = await cut.run("ls");
  expect(failed).toBe(false);
  expect(output.toString()).toBe((await whole.run("ls")).output.toString());
  expect(errors).toMatch(
    /^warning: The file system has \d+ bytes, and its partition only 1048576: [^\n]+\n$/,
  );
});

describe("a medium that is not to be trusted", () => {
  test("names are printed so that they do nothing, and lead nowhere", async () => {
    const image = imageBytes("FAT16, 512");
    const first = image.indexOf(Buffer.from("A lon", "utf16le"));
    image.write("../\u001b\u202e", first, "utf16le");
    using setup = new Setup(partitioned(image));
    expect((await setup.run("ls")).output.toString()).toContain(
      " ../\\u{1b}\\u{202e}g file name with spaces.txt\n",
    );
    const { failed, events } = await setup.run("copy", "/");
    expect({ failed, denied: events.filter((event) => event.kind === "denied") }).toEqual({
      failed: false,
      denied: [],
    });
    expect(readdirSync(setup.folder)).toEqual(["out"]);
    expect(readdirSync(join(setup.folder, "out"))).toContain("..___g file name with spaces.txt");
  });

  test("a folder that is in itself", async () => {
    const image = imageBytes("FAT16, 512");
    const sub = image.indexOf("SUB        ", 0, "latin1");
    const deep = image.indexOf("DEEP       ", 0, "latin1");
    image.copy(image, deep + 26, sub + 26, sub + 28);
    using setup = new Setup(partitioned(image));
    const { failed, errors } = await setup.run("copy", "sub");
    expect(failed).toBe(true);
    expect(errors).toBe('error: The folder "deep" is in itself; the file system is damaged.\n');
  });

  test("a file that breaks off keeps no other from being copied", async () => {
    const image = imageBytes("FAT16, 512");
    for (const name of ["ENTRYN~1TXT", "ENTRYN~2TXT"]) {
      image.writeUInt16LE(0xfff0, image.indexOf(name, 0, "latin1") + 26);
    }
    using setup = new Setup(partitioned(image));
    const { failed, errors, output } = await setup.run("copy", "/");
    expect(failed).toBe(true);
    expect(errors).toMatch(
      /^error: 2 files or folders could not be copied whole, the first because: [^\n]+\n$/,
    );
    expect(output.toString().match(/breaks off after 0 of 2 bytes/g)).toHaveLength(2);
    const whole = tree.filter(({ path, only }) => !path.startsWith("many/") && only !== "exFAT");
    for (const { path, size } of whole) {
      expect(readFileSync(join(setup.folder, "out", path)).length, path).toBe(size);
    }
    expect(readdirSync(join(setup.folder, "out/many")).length).toBeGreaterThan(30);
  });

  test("files that share clusters are no more than the volume has", async () => {
    const image = imageBytes("FAT16, 512");
    // All of the volume as one chain, and every file of a folder as long as that.
    const fat = image.readUInt16LE(14) * 512;
    for (let each = 2; each < 4000; each += 1) image.writeUInt16LE(each + 1, fat + each * 2);
    image.writeUInt16LE(0xffff, fat + 4000 * 2);
    for (let at = image.indexOf("ENTRYN~"); at >= 0; at = image.indexOf("ENTRYN~", at + 1)) {
      image.writeUInt16LE(2, at + 26);
      image.writeUInt32LE(2_000_000, at + 28);
    }
    using setup = new Setup(partitioned(image));
    const { failed, errors } = await setup.run("copy", "many");
    expect(failed).toBe(true);
    expect(errors).toBe("error: Files share clusters; the file system is damaged.\n");
  });
});

describe("the folder", () => {
  test("is needed to copy, and must be one that can be written to", async () => {
    using without = new Setup(partitioned(imageBytes("FAT16, 512")), {});
    expect(await without.run("ls")).toMatchObject({ failed: false });
    const copied = await without.run("copy", "/");
    expect(copied.failed).toBe(true);
    expect(copied.errors).toContain("The board gives this app no folder");
    using readOnly = new Setup(partitioned(imageBytes("FAT16, 512")), { folder: { path: "." } });
    expect(await readOnly.run("ls")).toMatchObject({ failed: false });
    const { failed, errors, events } = await readOnly.run("copy", "/");
    expect(failed).toBe(true);
    expect(errors).toContain("may not be written");
    expect(events).toContainEqual(
      expect.objectContaining({ kind: "denied", device: "files", denied: "write" }),
    );
    expect(readdirSync(readOnly.folder)).toEqual([]);
  });

  test("is not left through a link", async () => {
    using setup = new Setup(partitioned(imageBytes("FAT16, 512")));
    mkdirSync(join(setup.folder, "secret"));
    mkdirSync(join(setup.folder, "out"));
    symlinkSync("../secret", join(setup.folder, "out", "sub"));
    const { failed } = await setup.run("copy", "sub");
    expect(failed).toBe(true);
    expect(readdirSync(join(setup.folder, "secret"))).toEqual([]);
  });
});

test("a stick that is pulled out in the middle", async () => {
  using setup = new Setup(partitioned(imageBytes("FAT16, 512")));
  let lines = 0;
  setup.onOutput = (usb) => {
    lines += 1;
    if (lines === 5) usb.unplug("1-1");
  };
  const { failed, errors, output } = await setup.run("copy", "/");
  expect(failed).toBe(true);
  expect(errors).toMatch(/^error: [^\n]+\n$/);
  expect(output.toString()).not.toContain("bytes\n");
});
