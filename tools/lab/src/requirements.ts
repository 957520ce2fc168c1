import { accessSync, constants, existsSync, readFileSync } from "node:fs";
import { LabError } from "./error.ts";
import { completePath } from "./run.ts";

/** A program that the virtual machine needs, and the Debian package that has it. */
export interface Requirement {
  readonly program: string;
  readonly package: string;
}

/** What this machine is, as far as the lab cares. */
export interface MachineFacts {
  /** `process.platform`. */
  readonly platform: string;
  /** `process.arch`. */
  readonly architecture: string;
  /** The text of /etc/os-release; empty where there is none. */
  readonly osRelease: string;
  /** Where a program is; undefined where it is not installed. */
  readonly find: (program: string) => string | undefined;
  /** Whether a program needs no shared libraries. */
  readonly isStatic: (path: string) => boolean;
}

/** What `checkRequirements` found. */
export interface Requirements {
  /** The package that always depends on the distribution's newest kernel. */
  readonly kernelPackage: string;
  /** A busybox without shared libraries: the only program that runs before the root file system is there. */
  readonly busybox: string;
}

/** The distributions whose kernel packages are known, by the ID in /etc/os-release. */
const KERNEL_PACKAGES: Record<string, string> = {
  debian: "linux-image-amd64",
  ubuntu: "linux-image-generic",
};

/** Where Ubuntu keeps what Debian has in a package of its own. */
const UBUNTU_PACKAGES: Record<string, string> = { usbip: "linux-tools-generic" };

/** What each package of packages.txt is wanted for. */
const PROGRAMS: Record<string, string> = {
  "qemu-system-x86": "qemu-system-x86_64",
  "busybox-static": "busybox",
  kmod: "modprobe",
  usbip: "usbip",
  "i2c-tools": "i2ctransfer",
  "xz-utils": "xz",
  // Without it libusb does not learn of devices that arrive.
  udev: "udevadm",
  // Disks for the tests, by other hands than ours.
  fdisk: "sfdisk",
  dosfstools: "mkfs.vfat",
  mtools: "mcopy",
  // Pictures of a camera, by the kernel's driver.
  "v4l-utils": "v4l2-ctl",
};

/**
 * Reads tools/lab/packages.txt, the one list of the Debian packages that the virtual machine needs: one a line.
 *
 * @throws Error for a package of which the table above does not say what it is wanted for
 */
export function readRequirements(): Requirement[] {
  const lines = readFileSync(new URL("../packages.txt", import.meta.url), "utf8")
    .trim()
    .split("\n");
  return lines.map((name) => {
    const program = PROGRAMS[name];
    if (program === undefined) throw new Error(`Say in requirements.ts what the package ${name} is for.`);
    return { package: name, program };
  });
}

/**
 * Looks whether this machine can run the virtual machine.
 *
 * @throws LabError that names everything that is missing, with the command that installs it
 */
export function checkRequirements(
  requirements: readonly Requirement[] = readRequirements(),
  facts: MachineFacts = thisMachine(),
): Requirements {
  if (facts.platform !== "linux" || facts.architecture !== "x64") {
    throw new LabError(
      `The virtual machine runs this machine's own programs, so it needs Linux on x86-64, not ${facts.platform} on ${facts.architecture}; to test on real hardware here, set BUSBAR_HARDWARE_BOARD to a board file.`,
    );
  }
  const distribution = distributionOf(facts.osRelease);
  if (distribution === undefined) {
    throw new LabError("The virtual machine takes its kernel from Debian or Ubuntu; run it on one of them.");
  }
  const missing = new Set<string>();
  for (const requirement of requirements) {
    const path = facts.find(requirement.program);
    if (path !== undefined && (requirement.program !== "busybox" || facts.isStatic(path))) continue;
    const ubuntuPackage = distribution === "ubuntu" ? UBUNTU_PACKAGES[requirement.program] : undefined;
    missing.add(ubuntuPackage ?? requirement.package);
  }
  if (missing.size > 0) {
    throw new LabError(
      `The virtual machine needs packages that are not installed; run: sudo apt-get install ${[...missing].join(" ")}`,
    );
  }
  return { kernelPackage: KERNEL_PACKAGES[distribution]!, busybox: facts.find("busybox")! };
}

/** The first of ID and ID_LIKE that is known: Raspberry Pi OS and Mint call themselves like one of them. */
function distributionOf(osRelease: string): string | undefined {
  const value = (name: string) => new RegExp(`^${name}="?([^"\n]*)"?$`, "m").exec(osRelease)?.[1] ?? "";
  return [value("ID"), ...value("ID_LIKE").split(" ")].find((name) => Object.hasOwn(KERNEL_PACKAGES, name));
}

function thisMachine(): MachineFacts {
  return {
    platform: process.platform,
    architecture: process.arch,
    osRelease: existsSync("/etc/os-release") ? readFileSync("/etc/os-release", "utf8") : "",
    find: findProgram,
    isStatic: (path) => isStaticProgram(readFileSync(path)),
  };
}

/** The path of a program in PATH or among the administrators' programs. */
export function findProgram(program: string): string | undefined {
  const candidates = completePath()
    .split(":")
    .map((folder) => `${folder}/${program}`);
  return candidates.find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Whether a 64-bit little-endian ELF file names no interpreter, which is what loads shared libraries. */
export function isStaticProgram(file: Uint8Array): boolean {
  const PT_INTERP = 3;
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (file.length < 64 || view.getUint32(0) !== 0x7f454c46) return false;
  const e_phoff = Number(view.getBigUint64(0x20, true));
  const e_phentsize = view.getUint16(0x36, true);
  const e_phnum = view.getUint16(0x38, true);
  for (let index = 0; index < e_phnum; index++) {
    const offset = e_phoff + index * e_phentsize;
    if (offset + 4 > file.length || view.getUint32(offset, true) === PT_INTERP) return false;
  }
  return true;
}
