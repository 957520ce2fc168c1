/** Two processes on one I2C target, one of this host and one of the host on Wasmtime: each is told of the other. */

import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { createLinuxI2c } from "../../src/linux/backend.ts";
import { DeviceLocks } from "../../src/locks/device-locks.ts";
import { thisLockSystem } from "../../src/locks/system.ts";
import { FakeMachine } from "../linux-machine.ts";
import { ready } from "../lock-holder-ready.ts";

const holder = fileURLToPath(new URL("../../../wasmtime/target/debug/examples/lock_holder", import.meta.url));

test("a process of the host on Wasmtime and one of this host keep each other out", async () => {
  const folder = mkdtempSync(join(tmpdir(), "busbar-locks-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const machine = new FakeMachine();
  machine.addAdapter(1, "an adapter");
  machine.deviceLocks = new DeviceLocks({ ...thisLockSystem()!, folders: [folder] });
  const open = () =>
    createLinuxI2c(machine, new Map(), {}).openI2c(1, { device: "indoor", addresses: [0x76] });

  const parameters = ["i2c-1-0x76", "outdoor", "/srv/first.json"];
  const child = spawn(holder, [folder, ...parameters]);
  onTestFinished(() => void child.kill("SIGKILL"));
  await ready(child);
  expect(open).toThrow(
    `indoor: the target 0x76 of /dev/i2c-1 is used by process ${child.pid} ` +
      `(lock_holder ${folder} ${parameters.join(" ")}), as "outdoor" of /srv/first.json; end that first.`,
  );
  child.stdin.end();
  await once(child, "exit");

  const bus = open()!;
  const answer = execFileSync(holder, [folder, ...parameters]).toString();
  expect(answer).toMatch(new RegExp(`^used by process ${process.pid} \\(.*\\), as "indoor"\\n$`));
  bus.close();
  expect(readdirSync(folder)).toEqual([]);
});
