/** `busbar run board.json -- ...`, as a person types it, with an image in a file. */

import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { component, imageBytes, tree } from "./stick.ts";

const workspace = dirname(dirname(dirname(import.meta.dirname)));
const folder = mkdtempSync(join(tmpdir(), "busbar-usb-files-command-"));
const app = { component, uses: ["stick"], folder: { path: "out", write: true } };

function writeBoard(apps: object): void {
  const board = {
    devices: {
      stick: {
        driver: join(workspace, "packages/mass-storage/dist/mass-storage.wasm"),
        usb: { class: "0x08" },
      },
    },
    simulate: [{ usb: "1-1", model: "disk", file: join(folder, "stick.img") }],
    apps,
  };
  writeFileSync(join(folder, "board.json"), JSON.stringify(board));
}

const command = (...words: string[]) => [
  join(workspace, "tools/cli/bin/busbar.js"),
  "run",
  join(folder, "board.json"),
  ...words,
];
const env = { PATH: process.env.PATH, HOME: process.env.HOME, NO_COLOR: "1" };

beforeAll(() => {
  writeFileSync(join(folder, "stick.img"), imageBytes("FAT16, 512"));
  writeBoard({ files: app });
});
afterAll(() => rmSync(folder, { recursive: true }));

test("cat into a pipe gives the bytes as they are", () => {
  const bytes = execFileSync(process.execPath, command("--", "cat", "frag.bin"), { env });
  const { sha256 } = tree.find(({ path }) => path === "frag.bin")!;
  expect(createHash("sha256").update(bytes).digest("hex")).toBe(sha256);
});

test("what is wrong is on stderr, and the exit code is an app's", () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, command("--", "cat", "nothing"), { env });
  expect({ status, stdout: stdout.toString() }).toEqual({ status: 8, stdout: "" });
  expect(stderr.toString()).toBe(
    'busbar: error: There is no "nothing"; list its folder to see what there is.\n' +
      "busbar: files: it ended with an error.\n",
  );
});

test("with --json, output and errors are records", () => {
  const { stdout } = spawnSync(process.execPath, command("--json", "--", "cat", "lower.txt"), { env });
  expect(JSON.parse(stdout.toString())).toMatchObject({
    type: "output",
    app: "files",
    line: "short, lower case",
  });
});

test("arguments are for a board with one app", () => {
  writeBoard({ files: app, others: app });
  const { status, stderr } = spawnSync(process.execPath, command("--", "ls"), { env });
  expect(status).toBe(3);
  expect(stderr.toString()).toContain("has several apps; arguments after -- are for a board with one.");
  writeBoard({ files: app });
});
