/**
 * `busbar-build`, the part of the command line that @busbar/guest needs before the `busbar` command exists.
 * Exit codes: 0 done, 1 the build failed, 2 wrong arguments.
 */

import { relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { allSummaries, buildPackage } from "./build.ts";
import { type Engine, engines } from "./componentize.ts";
import { BuildError } from "./error.ts";
import { writeGuestTypes } from "./types.ts";

const usage = `busbar-build types --out DIR [--package DIR]
busbar-build build [DIR] [--engine ${engines.join("|")}] [--out DIR]
`;

/** Wrong arguments: the message is followed by the usage. */
class UsageError extends Error {}

async function run(args: string[]): Promise<void> {
  const { values, positionals } = parse(args);
  const [command, folder = ".", ...rest] = positionals;
  if (rest.length > 0) throw new UsageError(`"${rest[0]}" is one argument too many.`);
  switch (command) {
    case "types": {
      if (values.out === undefined) throw new UsageError("types needs --out DIR.");
      const packageFolder = values.package;
      const files = await writeGuestTypes(
        resolve(values.out),
        packageFolder === undefined ? {} : { packageFolder },
      );
      process.stdout.write(`${files.length} files in ${values.out}\n`);
      return;
    }
    case "build": {
      const summary = await buildPackage(folder, { engine: engineOf(values.engine), outFolder: values.out });
      for (const each of allSummaries(summary)) {
        const size = `${(each.bytes / 1e6).toFixed(2)} MB, ${(each.gzipBytes / 1e6).toFixed(2)} MB compressed`;
        const seconds = (each.buildMs / 1000).toFixed(1);
        process.stdout.write(
          `${relative(".", each.component)}: ${each.world}, ${each.engine}, ${size}, ${seconds} s\n`,
        );
      }
      return;
    }
    default:
      throw new UsageError(command === undefined ? "Name a command." : `There is no command "${command}".`);
  }
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: { out: { type: "string" }, engine: { type: "string" }, package: { type: "string" } },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function engineOf(name: string | undefined): Engine | undefined {
  if (name === undefined) return undefined;
  const engine = engines.find((each) => each === name);
  if (engine === undefined)
    throw new UsageError(`There is no engine "${name}"; use ${engines.join(" or ")}.`);
  return engine;
}

try {
  await run(process.argv.slice(2));
} catch (error) {
  if (error instanceof UsageError) {
    process.stderr.write(`${error.message}\n${usage}`);
    process.exitCode = 2;
  } else if (error instanceof BuildError) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  } else {
    throw error;
  }
}
