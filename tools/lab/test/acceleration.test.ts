import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { kvmMayWork, rememberBrokenKvm } from "../src/acceleration.ts";

it("does not try KVM again until the machine is started anew", () => {
  const folder = mkdtempSync(join(tmpdir(), "busbar-acceleration-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const device = join(folder, "kvm");
  const memory = join(folder, "cache", "memory");
  expect(kvmMayWork(memory, device)).toBe(false);
  writeFileSync(device, "");
  expect(kvmMayWork(memory, device)).toBe(true);
  rememberBrokenKvm(memory);
  expect(kvmMayWork(memory, device)).toBe(false);
  writeFileSync(memory, "another start");
  expect(kvmMayWork(memory, device)).toBe(true);
});
