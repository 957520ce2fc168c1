import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { kvmMayWork, rememberBrokenKvm } from "./acceleration.ts";
import { buildInitramfs } from "./initramfs.ts";
import { type Kernel, moduleOrder, prepareKernel } from "./kernel.ts";
import { VIRTUAL_MACHINE_MODULES } from "./modules.ts";
import { type Accelerator, startQemu } from "./qemu.ts";
import { checkRequirements } from "./requirements.ts";
import { completePath } from "./run.ts";
import { type MachineEnd, requireExitCode, supervise } from "./supervise.ts";

/** Where the results folder is inside the machine. */
export const RESULTS_INSIDE = "/run/results";

/** How long a machine may take until it has its root file system: 4 s by translation, 1 s on the processor. */
const BOOT_TIMEOUT_MS: Record<Accelerator, number> = { tcg: 120_000, kvm: 20_000 };

/** What to run in the virtual machine. */
export interface BootOptions {
  /** A program and its parameters, as paths of this machine. It runs as root. */
  readonly command: readonly string[];
  /** Default: the working directory of this process. */
  readonly workingDirectory?: string;
  /** Environment variables; PATH, HOME and a few more are always set. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Kernel modules to load first; those that the kernel lacks are left out with a note. */
  readonly modules?: readonly string[];
  /** How long the command may run, in milliseconds. */
  readonly timeoutMs: number;
  /** A folder of this machine that the command may write to, as {@link RESULTS_INSIDE}. */
  readonly resultsFolder?: string;
  /** More parameters for QEMU: `["-device", "qemu-xhci", "-device", "usb-kbd"]`. */
  readonly qemuArguments?: readonly string[];
  /** Hears what the command prints, as it comes. Default: nobody. */
  readonly onOutput?: (chunk: Uint8Array) => void;
  /** Hears what is being done and what is left out. Default: nobody. */
  readonly note?: (text: string) => void;
}

/** How the command ended. */
export interface BootResult {
  /** The command's own exit code. */
  readonly exitCode: number;
  /** The end of what the kernel and the start-up said. */
  readonly console: string;
  /** What the machine ran on. */
  readonly accelerator: Accelerator;
  /** Milliseconds until the command ran, and until everything was over. */
  readonly bootMs: number;
  readonly totalMs: number;
}

/**
 * Boots the distribution's own kernel in QEMU, with this machine's files as its root (what is written there is lost at
 * the end), runs a command as root in it, and ends it. Takes a bounded time whatever happens.
 *
 * @throws LabError when something is missing here, or the machine failed: then with the console's log
 */
export async function boot(options: BootOptions): Promise<BootResult> {
  const note = options.note ?? (() => {});
  const { kernelPackage, busybox } = checkRequirements();
  const kernel = await prepareKernel(kernelPackage, note);
  const { missing } = await moduleOrder(kernel, options.modules ?? []);
  if (missing.length > 0) note(`The kernel ${kernel.release} does not have: ${missing.join(", ")}.`);
  const modules = options.modules?.filter((name) => !missing.includes(name)) ?? [];

  // A socket's path has to be short, which what TMPDIR says may not be.
  const folder = await mkdtemp(join(tmpdir().length < 60 ? tmpdir() : "/tmp", "busbar-lab-"));
  try {
    const start = performance.now();
    const plan = { options, kernel, busybox, modules, folder, note };
    let accelerator: Accelerator = kvmMayWork() ? "kvm" : "tcg";
    let end = await runMachine(plan, accelerator);
    if (accelerator === "kvm" && !end.booted) {
      note("KVM does not work on this machine; its processor is emulated instead, which is slower.");
      rememberBrokenKvm();
      accelerator = "tcg";
      end = await runMachine(plan, accelerator);
    }
    return {
      exitCode: requireExitCode(end),
      console: end.console,
      accelerator,
      bootMs: end.bootMs ?? 0,
      totalMs: performance.now() - start,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What is the same for every attempt to run the machine. */
interface Plan {
  readonly options: BootOptions;
  readonly kernel: Kernel;
  readonly busybox: string;
  /** Those of the wanted modules that the kernel has. */
  readonly modules: readonly string[];
  /** Where temporary files go. */
  readonly folder: string;
  readonly note: (text: string) => void;
}

async function runMachine(plan: Plan, accelerator: Accelerator): Promise<MachineEnd> {
  const { options, kernel, folder, note } = plan;
  const resultsFolder = options.resultsFolder ?? join(folder, "results");
  await mkdir(resultsFolder, { recursive: true });
  const initramfs = join(folder, `initramfs-${accelerator}`);
  await writeFile(
    initramfs,
    await buildInitramfs({
      kernel,
      busybox: plan.busybox,
      moduleFiles: (await moduleOrder(kernel, VIRTUAL_MACHINE_MODULES)).files,
      modules: plan.modules,
      command: options.command,
      workingDirectory: options.workingDirectory ?? process.cwd(),
      environment: environmentInside(plan, accelerator),
      resultsFolder: RESULTS_INSIDE,
      limitSeconds: Math.ceil(options.timeoutMs / 1000) + 60,
    }),
  );
  const machine = await startQemu({
    accelerator,
    kernelImage: kernel.image,
    initramfs,
    socketFolder: await mkdtemp(join(folder, "ports-")),
    resultsFolder,
    more: options.qemuArguments ?? [],
  });
  return await supervise(machine, {
    bootTimeoutMs: BOOT_TIMEOUT_MS[accelerator],
    timeoutMs: options.timeoutMs,
    onOutput: options.onOutput ?? (() => {}),
    note,
  });
}

function environmentInside({ options, kernel }: Plan, accelerator: Accelerator): Record<string, string> {
  const emulatedNode = fileURLToPath(new URL("../machine/emulated-node.cjs", import.meta.url));
  return {
    PATH: completePath(),
    // Of the user outside, for what is cached there.
    HOME: homedir(),
    LC_ALL: "C.UTF-8",
    ...(process.env.XDG_CACHE_HOME && { XDG_CACHE_HOME: process.env.XDG_CACHE_HOME }),
    ...(accelerator === "tcg" && { NODE_OPTIONS: `--require="${emulatedNode}"` }),
    ...options.environment,
    BUSBAR_LAB_MODULES: kernel.root,
    BUSBAR_LAB_RESULTS: RESULTS_INSIDE,
  };
}
