import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { completePath } from "./run.ts";

/** How QEMU runs the guest's instructions: on the processor, or translated. */
export type Accelerator = "kvm" | "tcg";

/** What QEMU is to run. */
export interface QemuOptions {
  readonly accelerator: Accelerator;
  readonly kernelImage: string;
  /** The file of the initramfs. */
  readonly initramfs: string;
  /** A folder for the sockets that the guest's ports end in. */
  readonly socketFolder: string;
  /** A folder of the host that the guest may write to. */
  readonly resultsFolder: string;
  /** More parameters, at the end: `["-device", "qemu-xhci"]`. */
  readonly more: readonly string[];
}

const PORTS = ["status", "output"] as const;

/** QEMU's command line. */
export function qemuArguments(options: QemuOptions): string[] {
  const ports = PORTS.flatMap((name) => [
    ...["-chardev", `socket,id=${name},path=${optionValue(join(options.socketFolder, name))}`],
    ...["-device", `virtserialport,chardev=${name},name=org.busbar.${name}`],
  ]);
  return [
    // q35 has a System Management Bus controller (i2c-i801) and PCI Express.
    ...["-machine", "q35", "-nodefaults", "-display", "none", "-no-reboot", "-nic", "none"],
    ...(options.accelerator === "kvm"
      ? ["-accel", "kvm", "-cpu", "host"]
      : // V8 guards machine code with protection keys where there are some, and died of it under emulation.
        ["-accel", "tcg,thread=multi", "-cpu", "max,-pku"]),
    ...["-smp", "2", "-m", "2048"],
    ...["-kernel", options.kernelImage, "-initrd", options.initramfs],
    ...["-append", "console=ttyS0 quiet panic=-1"],
    ...["-serial", "stdio"],
    ...["-virtfs", "local,path=/,mount_tag=root,security_model=none,readonly=on,multidevs=remap"],
    "-virtfs",
    `local,path=${optionValue(options.resultsFolder)},mount_tag=results,security_model=none,multidevs=remap`,
    ...["-device", "virtio-serial-pci"],
    ...ports,
    ...options.more,
  ];
}

/** A running QEMU, or anything that stands in for it in a test. */
export interface Machine {
  /** What the kernel and the start-up print, and QEMU's own complaints. */
  readonly console: AsyncIterable<Uint8Array>;
  /** Lines from the guest: "ready", "started", "exit 0", "failed ...". */
  readonly status: AsyncIterable<Uint8Array>;
  /** What the command prints. */
  readonly output: AsyncIterable<Uint8Array>;
  /** Ends it at once. Killing twice is legal. */
  kill(): void;
  /** Resolves when it has ended, however it did; never rejects. */
  readonly ended: Promise<void>;
}

/** Starts QEMU. It ends with this process, even where that is killed. */
export async function startQemu(options: QemuOptions): Promise<Machine> {
  const servers = await Promise.all(PORTS.map((name) => listen(join(options.socketFolder, name))));
  const child = spawn("setpriv", ["--pdeathsig", "KILL", "qemu-system-x86_64", ...qemuArguments(options)], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, PATH: completePath() },
  });
  const ended = new Promise<void>((resolve) => {
    child.once("close", () => resolve());
    child.once("error", () => resolve());
  });
  void ended.then(() => {
    for (const server of servers) server.close();
  });
  const [status, output] = servers.map((server) => portData(server, ended));
  return {
    console: consoleData(child),
    status: status!,
    output: output!,
    kill: () => child.kill("SIGKILL"),
    ended,
  };
}

async function listen(path: string): Promise<Server> {
  const server = createServer();
  server.listen(path);
  await once(server, "listening");
  return server;
}

/** The bytes of the one connection that QEMU makes; none where it ends before it does. */
async function* portData(server: Server, ended: Promise<void>): AsyncIterable<Uint8Array> {
  const connected = once(server, "connection") as Promise<[Socket]>;
  const connection = await Promise.race([connected, ended]);
  if (!connection) return;
  // A machine that is killed resets the connection; what came until then counts.
  connection[0].on("error", () => {});
  try {
    yield* connection[0] as AsyncIterable<Uint8Array>;
  } catch {
    return;
  }
}

async function* consoleData(child: ChildProcessByStdio<null, Readable, Readable>): AsyncIterable<Uint8Array> {
  const both = new ReadableStream<Uint8Array>({
    start: (controller) => {
      child.stdout.on("data", (chunk: Uint8Array) => controller.enqueue(chunk));
      child.stderr.on("data", (chunk: Uint8Array) => controller.enqueue(chunk));
      child.once("error", (error) => {
        controller.enqueue(Buffer.from(`${error.message}\n`));
        controller.close();
      });
      child.once("close", () => controller.close());
    },
  });
  yield* both;
}

/** A comma in a QEMU option is written twice. */
export function optionValue(path: string): string {
  return path.replaceAll(",", ",,");
}
