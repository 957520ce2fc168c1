import { execFileSync, spawnSync } from "node:child_process";
import { join } from "node:path";

const sources = join(import.meta.dirname, "../../c");

/** The programs of c/, by their sources; and what of them needs a library. */
const programs = {
  bme280: ["bme280.c", "i2c.c", "program.c"],
  hts221: ["hts221.c", "i2c.c", "program.c"],
  ht16k33: ["ht16k33.c", "i2c.c", "program.c"],
  usb: ["usb.c", "program.c", "-lusb-1.0"],
  "first-output.so": ["first_output.c", "program.c", "-shared", "-fPIC"],
} as const;

/** A program of c/; the last one is loaded into others. */
export type CProgram = keyof typeof programs;

/** Why there are no programs in C. */
export class NoCCompiler extends Error {
  override readonly name = "NoCCompiler";
}

/**
 * Compiles a program in C.
 *
 * @param folder where it is put
 * @returns its file
 * @throws NoCCompiler with what to install
 */
export function compileC(name: CProgram, folder: string): string {
  if (spawnSync("cc", ["--version"]).status !== 0) {
    throw new NoCCompiler("there is no C compiler; install one: sudo apt-get install gcc libc6-dev");
  }
  if (name === "usb" && !hasLibusb()) {
    throw new NoCCompiler(
      "libusb's headers are missing; install them: sudo apt-get install libusb-1.0-0-dev",
    );
  }
  const output = join(folder, name);
  const inputs = programs[name].map((part) => (part.endsWith(".c") ? join(sources, part) : part));
  execFileSync("cc", ["-std=gnu11", "-O2", "-Wall", "-Wextra", "-o", output, ...inputs], {
    stdio: "inherit",
  });
  return output;
}

function hasLibusb(): boolean {
  const input = "#include <libusb-1.0/libusb.h>\n";
  return spawnSync("cc", ["-E", "-x", "c", "-", "-o", "/dev/null"], { input }).status === 0;
}

/** Compiles, or prints why that cannot be done and what is not measured therefore. */
export function orSayWhy<Programs>(compile: () => Programs): Programs | undefined {
  try {
    return compile();
  } catch (error) {
    if (!(error instanceof NoCCompiler)) throw error;
    console.log(`What takes a program in C is not measured: ${error.message}`);
    return undefined;
  }
}
