/**
 * `pnpm --filter @busbar/lab aarch64 [BOARD]`: makes a bundle of a board on this machine, and reads it in an emulated aarch64 machine,
 * which has Debian's kernel, the native host's command for aarch64 and nothing else. The exit code is that command's; 2
 * where it could not run.
 */
import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { LabError } from "../error.ts";
import { buildBundle, buildCommand, requirePrograms } from "./build.ts";
import { buildInitramfs } from "./initramfs.ts";
import { unpackPackages } from "./packages.ts";

/** Emulated, it starts in ten seconds. */
const LIMIT_MS = 10 * 60_000;

const workspace = fileURLToPath(new URL("../../../..", import.meta.url));

/** What is run of the bundle: its sensors are read, and its apps run once where it has any. */
const script = `busbar-wasmtime --version && busbar-wasmtime doctor /bundle && busbar-wasmtime read /bundle`;

/** Runs the machine to its end; prints what it prints. */
async function runMachine(kernel: string, initramfs: string): Promise<number> {
  const machine = ["-machine", "virt", "-cpu", "cortex-a53", "-smp", "2", "-m", "1024", "-nic", "none"];
  const start = ["-kernel", kernel, "-initrd", initramfs, "-append", "console=ttyAMA0 quiet panic=-1"];
  const output = ["-display", "none", "-no-reboot", "-serial", "stdio", "-monitor", "none"];
  const child = spawn("qemu-system-aarch64", [...machine, ...start, ...output], {
    stdio: ["ignore", "pipe", "inherit"],
    timeout: LIMIT_MS,
    killSignal: "SIGKILL",
  });
  let text = "";
  for await (const chunk of child.stdout.setEncoding("utf8")) {
    text += chunk;
    process.stdout.write(chunk);
  }
  const code = /^busbar-lab: exit (\d+)/m.exec(text)?.[1];
  if (code === undefined)
    throw new LabError("The aarch64 machine ended before its command did.", { console: text });
  return Number(code);
}

const temporary = await mkdtemp(join(tmpdir(), "busbar-aarch64-"));
try {
  requirePrograms();
  const host = join(workspace, "host/wasmtime");
  const board = resolve(workspace, process.argv[2] ?? "examples/indoor/board.json");
  const bundle = join(temporary, "bundle");
  buildBundle(host, board, bundle);
  const command = buildCommand(host);
  const packages = await unpackPackages(temporary);
  const busybox = join(packages, "bin/busybox");
  const image = readdirSync(join(packages, "boot")).find((name) => name.startsWith("vmlinuz-"));
  if (image === undefined) throw new LabError("Debian's package for aarch64 has no kernel in it.");
  const initramfs = join(temporary, "initramfs");
  await writeFile(initramfs, buildInitramfs({ busybox, command, bundle, script }));
  process.exitCode = await runMachine(join(packages, "boot", image), initramfs);
} catch (error) {
  if (!(error instanceof LabError)) throw error;
  if (error.console) console.error(`--- console ---\n${error.console.trimEnd()}\n---------------`);
  console.error(error.message);
  process.exitCode = 2;
} finally {
  await rm(temporary, { recursive: true, force: true });
}
