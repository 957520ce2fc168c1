import { InvalidArgumentError, Option } from "commander";

/** `--json`, the same on every command. */
export function jsonOption(): Option {
  return new Option("--json", "print JSON, and errors as JSON lines on stderr");
}

/** `--registry`, the same on every command that takes a package name of wkg's. */
export function registryOption(): Option {
  return new Option(
    "--registry <host>",
    'the registry of a package name: "ghcr.io", or with a prefix "ghcr.io/busbar-drivers"',
  );
}

/** `--lock`, the same on every command that runs a board. */
export function lockOption(): Option {
  return new Option(
    "--lock <sha256>",
    'the lock that a bundle must have, as "busbar bundle" printed it',
  ).argParser((text) => {
    if (!/^[0-9a-f]{64}$/i.test(text)) throw new InvalidArgumentError("Expected 64 hexadecimal digits.");
    return text.toLowerCase();
  });
}

/** `--every`, the same on every command that goes on. */
export function everyOption(): Option {
  return new Option("--every <ms>", "milliseconds from one reading to the next")
    .argParser(wholeNumber(1, 86_400_000))
    .default(1000);
}

/** Parses a whole number within a range; anything else is a usage error. */
export function wholeNumber(minimum: number, maximum: number): (text: string) => number {
  return (text) => {
    const value = /^[0-9]+$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= minimum && value <= maximum)) {
      throw new InvalidArgumentError(`Expected a whole number from ${minimum} to ${maximum}.`);
    }
    return value;
  };
}
