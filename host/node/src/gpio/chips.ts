import { BackendError, chipNameOf, type GpioChipName, type GpioLineName } from "@busbar/host/backend";
import { errnoName, errnoOf } from "../linux/errno.ts";
import { forbidden, noPermission, RemediedError, udevRule } from "../linux/remedies.ts";
import type { ChipInfo } from "./structures.ts";
import type { GpioSystem } from "./system.ts";

/** An opened `/dev/gpiochipN`. Whoever gets it closes it. */
export interface OpenChip extends ChipInfo, Disposable {
  readonly path: string;
  readonly descriptor: number;
}

/** A chip of this machine. */
export interface GpioChipInfo {
  /** N of `/dev/gpiochipN`. */
  readonly number: number;
  readonly path: string;
  /** The driver's name for it: "pinctrl-bcm2711"; undefined where the chip cannot be opened. */
  readonly label: string | undefined;
  /** How many lines it has; undefined where the chip cannot be opened. */
  readonly lines: number | undefined;
  /** Why it cannot be opened: one sentence. */
  readonly problem: string | undefined;
}

/** All chips, in the order of their numbers. Opens them, and changes nothing. */
export function gpioChips(system: GpioSystem): GpioChipInfo[] {
  return chipNumbers(system).map((number) => {
    const path = chipPath(number);
    const unknown = { label: undefined, lines: undefined };
    try {
      using chip = openChip(number, system);
      if (chip === undefined) return { number, path, ...unknown, problem: `${path} was not made.` };
      return { number, path, label: chip.label, lines: chip.lines, problem: undefined };
    } catch (error) {
      if (!(error instanceof BackendError)) throw error;
      return { number, path, ...unknown, problem: error.message };
    }
  });
}

/**
 * Opens the chip that the board file means: N, "N", "gpiochipN", "/dev/gpiochipN", or a label, which stays the same where numbers depend on the
 * order of loading.
 *
 * @returns undefined where there is none
 * @throws BackendError where several have the label, or it cannot be used
 */
export function findChip(written: GpioChipName, system: GpioSystem): OpenChip | undefined {
  const name = chipNameOf(written);
  if (typeof name === "number") return openChip(name, system);
  const named = gpioChips(system).filter(({ label }) => label === name);
  if (named.length > 1) {
    const numbers = named.map(({ number }) => number).join(", ");
    throw new BackendError(
      `Several GPIO chips are called "${name}": write one of the numbers ${numbers} instead.`,
    );
  }
  return named[0] && openChip(named[0].number, system);
}

/**
 * The offset of a line that the board file means by its offset or its name.
 *
 * @throws BackendError where there is none, or several have the name
 */
export function findLine(chip: OpenChip, line: GpioLineName, system: GpioSystem): number {
  const { path, lines, descriptor } = chip;
  if (typeof line === "number") {
    if (line < lines) return line;
    throw new BackendError(`${path} (${chip.label}) has no line ${line}: its ${lines} lines begin with 0.`);
  }
  const dev = system.gpioDev();
  const offsets = Array.from({ length: lines }, (_, offset) => offset);
  const named = offsets.filter((offset) => dev.lineInfo(descriptor, offset).name === line);
  if (named.length === 1) return named[0]!;
  throw new BackendError(
    named.length === 0
      ? `${path} (${chip.label}) has no line "${line}"; write its offset, or a name that gpioinfo shows.`
      : `${path} (${chip.label}) has several lines "${line}": write one of the offsets ${named.join(", ")} instead.`,
  );
}

function chipPath(number: number): string {
  return `/dev/gpiochip${number}`;
}

function chipNumbers({ files }: GpioSystem): number[] {
  const numbers = (files.list("/sys/bus/gpio/devices") ?? []).flatMap((name) => {
    const digits = /^gpiochip(0|[1-9][0-9]{0,5})$/.exec(name)?.[1];
    return digits === undefined ? [] : [Number(digits)];
  });
  return numbers.sort((left, right) => left - right);
}

const EPERM = 1;
const ENOENT = 2;
const ENXIO = 6;
const EACCES = 13;
const ENODEV = 19;

/** Gives every GPIO chip to a group gpio, and the person to that group. */
const installUdevRule = udevRule("gpio", "gpio");

function openChip(number: number, system: GpioSystem): OpenChip | undefined {
  const dev = system.gpioDev();
  const path = chipPath(number);
  let descriptor: number;
  try {
    descriptor = dev.open(path);
  } catch (error) {
    const errno = errnoOf(error);
    // A device file that nobody serves is none.
    if (errno === ENOENT || errno === ENXIO || errno === ENODEV) return undefined;
    const { files } = system;
    if (errno === EACCES) {
      throw new RemediedError(noPermission(path, files, installUdevRule), { cause: error });
    }
    // Not the permission bits: a container's device rules, or a security module.
    if (errno === EPERM) throw new RemediedError(forbidden(path, files), { cause: error });
    if (errno === undefined) throw error;
    throw new BackendError(`Opening ${path} failed with ${errnoName(errno)}.`, { cause: error });
  }
  const close = () => dev.close(descriptor);
  try {
    return { ...dev.chipInfo(descriptor), path, descriptor, [Symbol.dispose]: close };
  } catch (error) {
    close();
    const errno = errnoOf(error);
    if (errno === undefined) throw error;
    throw new BackendError(`${path} is no GPIO chip: asking what it is failed with ${errnoName(errno)}.`, {
      cause: error,
    });
  }
}
