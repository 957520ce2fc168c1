/** What a board names as a driver can be anything that has a path; only a regular file of a sane size is read. */

import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HostError } from "@busbar/host";
import { afterAll, expect, test } from "vitest";
import { readBoundedFile } from "../src/bounded-file.ts";
import { loadComponent } from "../src/components/load.ts";
import { readBoard } from "../src/open-board.ts";

const folder = mkdtempSync(join(tmpdir(), "busbar-files-"));
const server = createServer().listen(join(folder, "socket.wasm"));
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});
const sparse = (name: string, bytes: number) => {
  writeFileSync(join(folder, name), "");
  truncateSync(join(folder, name), bytes);
};

execFileSync("mkfifo", [join(folder, "pipe.wasm")]);
symlinkSync("pipe.wasm", join(folder, "link.wasm"));
symlinkSync("loop.wasm", join(folder, "loop.wasm"));
mkdirSync(join(folder, "folder.wasm"));
sparse("long.wasm", 64 * 1024 * 1024 + 1);
sparse("long.json", 100 * 1024 * 1024);
writeFileSync(join(folder, "text.wasm"), "no component");

test.each([
  ["./pipe.wasm", "it is a pipe, and no file"],
  ["./link.wasm", "it is a pipe, and no file"],
  ["./folder.wasm", "it is a folder, and no file"],
  ["./socket.wasm", "it is a socket, and no file"],
  ["/dev/zero", "it is a device, and no file"],
  ["./long.wasm", "it has 65 MiB, and 64 are allowed"],
  ["./loop.wasm", "it cannot be read (ELOOP)"],
  ["./none.wasm", "there is no such file"],
])("the driver %s is refused at once: %s", async (specifier, why) => {
  const load = () => loadComponent(specifier, folder);
  await expect(load).rejects.toThrow(HostError);
  await expect(load).rejects.toThrow(`the driver ${specifier} is `);
  await expect(load).rejects.toThrow(why);
});

test("a file is read whole", () => {
  expect(new TextDecoder().decode(readBoundedFile(join(folder, "text.wasm"), 1024 * 1024))).toBe(
    "no component",
  );
});

test("a board file of 100 MB is not read, and one without end only as far as a board may go", () => {
  expect(() => readBoard(join(folder, "long.json"))).toThrow("has more than 1048576 characters");
  expect(() => readBoard("/dev/zero")).toThrow("/dev/zero has more than 1048576 characters");
});

test("a board that comes through a pipe", () => {
  const path = join(folder, "pipe.json");
  execFileSync("mkfifo", [path]);
  const text = `{ "devices": { "a": { "driver": "x", "settings": { "x": "${"é".repeat(4096)}" } } } }`;
  const writer = spawn("sh", ["-c", 'printf %s "$1" > "$2"', "sh", text, path]);
  expect(readBoard(path).devices.a?.settings.x).toHaveLength(4096);
  writer.kill();
});
