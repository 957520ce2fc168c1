import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, join } from "node:path";
import { zstdDecompressSync } from "node:zlib";
import { LabError } from "./error.ts";
import { run, runForBytes } from "./run.ts";

/** A kernel that is unpacked, not installed. */
export interface Kernel {
  /** What `uname -r` says in it: "6.1.0-56-amd64". */
  readonly release: string;
  /** The image to boot. */
  readonly image: string;
  /** The folder that has lib/modules/<release>: `modprobe --dirname`. */
  readonly root: string;
}

/** Modules of a kernel with everything that they need. */
export interface ModuleOrder {
  /** Files in the order in which to insert them. */
  readonly files: readonly string[];
  /** The names among those asked for that this kernel does not have. */
  readonly missing: readonly string[];
}

const PACKAGE_NAME = /^linux-(image|modules|modules-extra)-\d/;

/** Where unpacked kernels are kept between runs: `$XDG_CACHE_HOME/busbar/kernel`, or the same below ~/.cache. */
export function kernelCacheFolder(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "busbar", "kernel");
}

/**
 * Downloads the distribution's newest kernel, unless it is in the cache already. Needs no rights but to the cache.
 *
 * @param kernelPackage the package that depends on the newest kernel: "linux-image-amd64"
 * @param note told what takes long
 * @throws LabError when there is neither a kernel in the cache nor one to download
 */
export async function prepareKernel(
  kernelPackage: string,
  note: (text: string) => void = () => {},
  cacheFolder = kernelCacheFolder(),
): Promise<Kernel> {
  const candidate = await newestKernel(kernelPackage);
  const folder = candidate && join(cacheFolder, candidate.version);
  if (candidate && folder && existsSync(folder)) return kernelIn(folder);
  try {
    if (!candidate || !folder) throw new Error(`apt knows no package ${kernelPackage}.`);
    note(`Downloading ${candidate.packages.join(", ")} ${candidate.version} into ${cacheFolder}.`);
    await unpack(candidate.packages, folder);
    return kernelIn(folder);
  } catch (cause) {
    const kept = await newestIn(cacheFolder);
    if (kept) {
      note(`The newest kernel cannot be downloaded; taking ${basename(kept)} from the cache.`);
      return kernelIn(kept);
    }
    const reason = cause instanceof Error ? cause.message.trim().split("\n").at(-1) : String(cause);
    throw new LabError(
      `The kernel cannot be downloaded; run "sudo apt-get update" and try again with a network. (${reason})`,
      { cause },
    );
  }
}

/** Which files to insert for these modules. */
export async function moduleOrder(kernel: Kernel, names: readonly string[]): Promise<ModuleOrder> {
  const files = new Set<string>();
  const missing: string[] = [];
  for (const name of names) {
    try {
      const plan = await run("modprobe", [
        ...["--dirname", kernel.root, "--set-version", kernel.release],
        ...["--show-depends", name],
      ]);
      // "builtin name" lines need nothing.
      for (const [, file] of plan.matchAll(/^insmod (\S+)/gm)) files.add(file!);
    } catch {
      missing.push(name);
    }
  }
  return { files: [...files], missing };
}

/** Reads a module that may be compressed, as Ubuntu's and newer Debian's are. */
export async function readModule(file: string): Promise<Uint8Array> {
  if (file.endsWith(".zst")) return zstdDecompressSync(await readFile(file));
  if (!file.endsWith(".xz")) return await readFile(file);
  return await runForBytes("xz", ["--decompress", "--stdout", file]);
}

/** Follows the dependencies of the distribution's package to the packages with the image and the modules. */
async function newestKernel(
  kernelPackage: string,
): Promise<{ packages: string[]; version: string } | undefined> {
  let tree: string;
  try {
    tree = await run("apt-cache", ["depends", "--recurse", "--important", kernelPackage]);
  } catch {
    return undefined;
  }
  const packages = tree.split("\n").filter((line) => PACKAGE_NAME.test(line));
  const image = packages.find((name) => name.startsWith("linux-image-"));
  if (image === undefined) return undefined;
  const description = await run("apt-cache", ["show", "--no-all-versions", image]);
  const version = /^Version: (\S+)$/m.exec(description)?.[1];
  return version === undefined ? undefined : { packages, version: `${image.slice(12)}_${version}` };
}

/** Other processes see the folder only when it is complete. */
async function unpack(packages: readonly string[], folder: string): Promise<void> {
  const temporary = `${folder}.${randomUUID()}.tmp`;
  await mkdir(join(temporary, "root"), { recursive: true });
  try {
    // apt drops its rights while it downloads, and then cannot write here.
    await run("apt-get", ["-o", "APT::Sandbox::User=root", "download", ...packages], {
      workingDirectory: temporary,
      timeoutMs: 300_000,
    });
    for (const file of await readdir(temporary)) {
      if (!file.endsWith(".deb")) continue;
      await run("dpkg", ["-x", join(temporary, file), join(temporary, "root")], { timeoutMs: 180_000 });
      await rm(join(temporary, file));
    }
    const kernel = await kernelIn(temporary);
    await run("depmod", ["--basedir", kernel.root, kernel.release], { timeoutMs: 120_000 });
    await rename(temporary, folder);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
}

async function kernelIn(folder: string): Promise<Kernel> {
  const root = join(folder, "root");
  const image = (await readdir(join(root, "boot"))).find((name) => name.startsWith("vmlinuz-"));
  if (image === undefined) throw new LabError(`There is no kernel in ${folder}; remove that folder.`);
  // A distribution with one /usr unpacks to usr/lib/modules; modprobe looks in lib/modules.
  return {
    release: image.slice("vmlinuz-".length),
    image: join(root, "boot", image),
    root: modulesRoot(root),
  };
}

function modulesRoot(root: string): string {
  return existsSync(join(root, "lib/modules")) ? root : join(root, "usr");
}

async function newestIn(cacheFolder: string): Promise<string | undefined> {
  if (!existsSync(cacheFolder)) return undefined;
  const names = (await readdir(cacheFolder)).filter((name) => name.includes("_") && !name.endsWith(".tmp"));
  const order = new Intl.Collator("en", { numeric: true });
  const newest = names.sort(order.compare).at(-1);
  return newest === undefined ? undefined : join(cacheFolder, newest);
}
