import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { LabError } from "../src/error.ts";
import { prepareKernel } from "../src/kernel.ts";

const DEPENDS =
  "linux-image-amd64\n  Depends: linux-image-6.9.1-amd64\nlinux-image-6.9.1-amd64\n  Depends: kmod\nkmod\n";

let folder: string;
let cache: string;

/** Puts a shell script in front of everything else in PATH. */
function stubProgram(name: string, script: string): void {
  writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

/** A machine whose apt has linux-image-6.9.1-amd64 in version 6.9.1-3. */
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "busbar-kernel-"));
  cache = join(folder, "cache");
  vi.stubEnv("PATH", `${folder}:${process.env.PATH}`);
  writeFileSync(join(folder, "depends"), DEPENDS);
  stubProgram(
    "apt-cache",
    `if [ $1 = depends ]; then cat ${folder}/depends; else echo "Version: 6.9.1-3"; fi`,
  );
  stubProgram("apt-get", `echo "$@" >> ${folder}/downloads; touch image.deb`);
  stubProgram("dpkg", 'mkdir -p "$3/boot" "$3/lib/modules/6.9.1-amd64"; touch "$3/boot/vmlinuz-6.9.1-amd64"');
  stubProgram("depmod", `echo "$@" >> ${folder}/depmods`);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

describe("prepareKernel", () => {
  it("downloads the newest kernel once and keeps it by its version", async () => {
    const notes: string[] = [];
    const kernel = await prepareKernel("linux-image-amd64", (text) => notes.push(text), cache);
    const root = join(cache, "6.9.1-amd64_6.9.1-3", "root");
    expect(kernel).toEqual({ release: "6.9.1-amd64", image: join(root, "boot/vmlinuz-6.9.1-amd64"), root });
    expect(notes).toHaveLength(1);
    expect(readdirSync(cache)).toEqual(["6.9.1-amd64_6.9.1-3"]);
    expect(existsSync(join(folder, "depmods"))).toBe(true);

    stubProgram("apt-get", "exit 1");
    expect(await prepareKernel("linux-image-amd64", undefined, cache)).toEqual(kernel);
  });

  it("takes the newest one that it has, where nothing can be downloaded", async () => {
    for (const release of ["6.9.0-amd64", "6.10.0-amd64"]) {
      mkdirSync(join(cache, `${release}_1`, "root", "boot"), { recursive: true });
      writeFileSync(join(cache, `${release}_1`, "root", "boot", `vmlinuz-${release}`), "");
    }
    mkdirSync(join(cache, "6.11.0-amd64_1.left-behind.tmp"));
    stubProgram("apt-get", "exit 100");
    const notes: string[] = [];
    const kernel = await prepareKernel("linux-image-amd64", (text) => notes.push(text), cache);
    expect(kernel.release).toBe("6.10.0-amd64");
    expect(notes.at(-1)).toContain("cannot be downloaded");
    stubProgram("apt-cache", "exit 100");
    expect((await prepareKernel("linux-image-amd64", undefined, cache)).release).toBe("6.10.0-amd64");
  });

  it("says what to do where there is none at all, and leaves nothing behind", async () => {
    stubProgram("apt-get", 'echo "E: 404 Not Found" >&2; exit 100');
    const attempt = prepareKernel("linux-image-amd64", undefined, cache);
    await expect(attempt).rejects.toThrow(LabError);
    await expect(attempt).rejects.toThrow(/apt-get update.*404 Not Found/);
    expect(readdirSync(cache)).toEqual([]);
    writeFileSync(join(folder, "depends"), "");
    await expect(prepareKernel("linux-image-amd64", undefined, cache)).rejects.toThrow("apt-get update");
  });
});
