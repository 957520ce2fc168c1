import { BackendError, type I2cBusName } from "@busbar/host/backend";
import { ENODEV, errnoName } from "./errno.ts";
import { adapters, devicePath, hasI2cDev, isContainer, isRaspberryPi } from "./sysfs.ts";
import type { SystemFiles } from "./system.ts";

/** What is wrong, and the line that mends it: for an error message and for `busbar doctor` alike. */
export interface Remedy {
  /** One clause without a full stop. */
  readonly what: string;
  /** A line for a shell, or a short instruction. */
  readonly fix: string;
}

const ENOENT = 2;
const EPERM = 1;
const ENXIO = 6;
const EACCES = 13;
const EMFILE = 24;

/** Bits of a file's mode: its group may read and write. */
const GROUP_READ_WRITE = 0o060;

/** Loads i2c-dev now and at every start. */
const LOAD_I2C_DEV = "sudo modprobe i2c-dev && echo i2c-dev | sudo tee /etc/modules-load.d/i2c-dev.conf";

/** Gives every device file of a subsystem to a group, and the person to that group. */
export function udevRule(group: string, subsystem: string): string {
  return (
    `sudo groupadd -f -r ${group} && sudo usermod -aG ${group} $USER` +
    ` && echo 'SUBSYSTEM=="${subsystem}", GROUP="${group}", MODE="0660"' | sudo tee /etc/udev/rules.d/60-${group}.rules` +
    ` && sudo udevadm control --reload && sudo udevadm trigger --subsystem-match=${subsystem}  # then log in again`
  );
}

/** There is no adapter at all. */
export function noAdapter(files: SystemFiles): Remedy {
  if (isRaspberryPi(files)) {
    return { what: "I2C is switched off on this Raspberry Pi", fix: "sudo raspi-config nonint do_i2c 0" };
  }
  return {
    what: "the kernel knows no I2C adapter",
    fix: "plug in a USB adapter, or load the driver of the built-in one (on most PCs: sudo modprobe i2c-i801)",
  };
}

/** The kernel has the adapter, but there is no device file for it. */
export function noDeviceFile(number: number, files: SystemFiles): Remedy {
  const path = devicePath(number);
  if (hasI2cDev(files) && isContainer(files)) {
    return { what: `this container was not given ${path}`, fix: `start it with --device ${path}` };
  }
  if (hasI2cDev(files)) {
    return { what: `${path} was not made`, fix: "sudo udevadm trigger --subsystem-match=i2c-dev" };
  }
  return { what: `${path} is missing because the kernel module i2c-dev is not loaded`, fix: LOAD_I2C_DEV };
}

/**
 * The device file is there, but this user may not open it.
 *
 * @param rule mends it where no group has the file
 */
export function noPermission(path: string, files: SystemFiles, rule = udevRule("i2c", "i2c-dev")): Remedy {
  const status = files.status(path);
  const group = status === undefined ? undefined : groupName(status.group, files);
  const what = `this user may not open ${path}`;
  // A group other than root that may read and write: the distribution has a rule already, only membership lacks.
  const hasGroup =
    status !== undefined && (status.mode & GROUP_READ_WRITE) === GROUP_READ_WRITE && status.group !== 0;
  if (hasGroup && group !== undefined) {
    return { what, fix: `sudo usermod -aG ${group} $USER  # then log in again` };
  }
  return { what, fix: rule };
}

/** The system itself keeps this process from the file, whoever runs it. */
export function forbidden(path: string, files: SystemFiles): Remedy {
  const what = `the system forbids this process to open ${path}`;
  if (isContainer(files)) return { what, fix: `start the container with --device ${path}` };
  return { what, fix: "find the security module that does, with: sudo dmesg | grep -i denied" };
}

/** The name of a group in /etc/group. */
function groupName(group: number, files: SystemFiles): string | undefined {
  for (const line of (files.read("/etc/group") ?? "").split("\n")) {
    const [name, , number] = line.split(":");
    if (number === String(group)) return name;
  }
  return undefined;
}

/**
 * What opening `/dev/i2c-N` failed with, as the sentence that a person needs; `undefined` when there is no such bus
 * after all.
 */
export function openError(
  errno: number,
  path: string,
  files: SystemFiles,
  cause: unknown,
): BackendError | undefined {
  switch (errno) {
    case ENOENT:
      return undefined;
    case EACCES:
      return new RemediedError(noPermission(path, files), { cause });
    // Not the permission bits: a container's device rules, or a security module.
    case EPERM:
      return new RemediedError(forbidden(path, files), { cause });
    // A device file that nobody serves, left by mknod or by an adapter that is gone.
    case ENXIO:
    case ENODEV:
      return new RemediedError({ what: `there is no adapter behind ${path}`, fix: LOAD_I2C_DEV }, { cause });
    case EMFILE:
      return new RemediedError(
        { what: `too many files are open to open ${path}`, fix: "ulimit -n 4096" },
        { cause },
      );
    default:
      return new BackendError(
        `Opening ${path} failed with ${errnoName(errno)}; the kernel log may say why: dmesg`,
        {
          cause,
        },
      );
  }
}

/** A backend error with a remedy: `busbar doctor` shows its two parts, everything else the message. */
export class RemediedError extends BackendError {
  readonly remedy: Remedy;

  constructor(remedy: Remedy, options?: ErrorOptions) {
    super(`${capitalized(remedy.what)}; mend it with: ${remedy.fix}`, options);
    this.remedy = remedy;
  }
}

/** A clause as the beginning of a sentence. */
export function capitalized(clause: string): string {
  return clause.charAt(0).toUpperCase() + clause.slice(1);
}

/** Why a bus that a board names is not there, for the case that no backend has it: one sentence with what to do. */
export function explainMissingBus(bus: I2cBusName, files: SystemFiles): string {
  const known = adapters(files);
  const named = typeof bus === "number" ? `bus ${bus}` : `bus "${bus}"`;
  if (known.length === 0) {
    const { what, fix } = noAdapter(files);
    return `There is no I2C ${named}: ${what}; mend it with: ${fix}`;
  }
  const list = known
    .map(({ number, name }) => (name === "" ? `${number}` : `${number} (${name})`))
    .join(", ");
  return `There is no I2C ${named}; this machine has ${list}.`;
}
