import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { makeFolders } from "../src/cache/make-folder.ts";
import { cacheRoots, usedCache } from "../src/cache/safe-folder.ts";
import { koffiProblem } from "../src/linux/ioctl.ts";
import { usbProblem } from "../src/usb/module.ts";

describe("a native part that does not load", () => {
  const notFound = new Error("Cannot find the native Koffi module; did you bundle it correctly?");

  test("is installed anew where it is missing", () => {
    expect(koffiProblem(notFound, undefined)).toEqual({
      what: expect.stringContaining("Cannot find the native Koffi module"),
      fix: "npm install --include=optional koffi",
    });
  });

  test.each([
    ["libudev.so.1: cannot open shared object file: No such file or directory", "sudo apt install libudev1"],
    [
      "libatomic.so.1: cannot open shared object file: No such file or directory",
      "install the package of this system that has libatomic.so.1",
    ],
    ["/lib/libc.so.6: version `GLIBC_2.38' not found (required by x.node)", "its C library is too old"],
    ["x.node: failed to map segment from shared object", "not mounted noexec"],
  ])("%s", (reason, fix) => {
    expect(koffiProblem(notFound, reason)).toEqual({
      what: expect.stringContaining(reason),
      fix: expect.stringContaining(fix),
    });
    expect(usbProblem(new Error(reason)).fix).toContain(fix);
  });
});

describe("folders", () => {
  test("are made with those that they lie in, and once", () => {
    const base = mkdtempSync(join(tmpdir(), "busbar-folders-"));
    try {
      const path = join(base, "a/b/c");
      makeFolders(path, 0o700);
      makeFolders(path, 0o700);
      expect(statSync(path).mode & 0o777).toBe(0o700);
      writeFileSync(join(base, "file"), "");
      expect(() => makeFolders(join(base, "file/x"))).toThrow("EEXIST");
      expect(() => makeFolders(join(base, "file"))).toThrow("EEXIST");
    } finally {
      rmSync(base, { recursive: true });
    }
  });

  // Node's own, with "recursive", tries for ever there.
  test.runIf(process.platform === "linux")("of a file system that has none fail", () => {
    expect(() => makeFolders("/proc/busbar/x")).toThrow("ENOENT");
    const environment = { XDG_CACHE_HOME: "/proc/busbar" };
    expect(usedCache("test-of-it", environment)).toMatchObject({
      temporary: true,
      problem: "/proc/busbar/busbar/test-of-it cannot be made (ENOENT)",
    });
  });
});

test("no app is given a part of the temporary cache either", () => {
  expect(cacheRoots({ XDG_CACHE_HOME: "/x" })).toEqual([
    "/x/busbar",
    expect.stringContaining("busbar-cache-"),
  ]);
});
