/** The command `create-driver`, which `npm create @busbar/driver` runs. */

import { parseArgs } from "node:util";
import { createDriver, describeCreated } from "./create.ts";
import { CreateError } from "./error.ts";
import { describeKind, kinds } from "./kinds.ts";

const usage = `Writes a new driver package.

  npm create @busbar/driver@latest my-sensor -- --bus i2c --device sensor

  --bus BUS --device DEVICE   what it drives:
${kinds.map((kind) => `                                ${describeKind(kind).padEnd(34)}${kind.purpose}`).join("\n")}
  --no-id                     of a part that no register tells from others, as an LM75A
  --directory FOLDER          where it goes (default: a folder of its name); nothing is overwritten
  --help                      prints this

In a terminal it asks for what is left out.
`;

/** Runs the command line; sets `process.exitCode`. @param args without node and the script */
export async function main(args: readonly string[]): Promise<void> {
  try {
    const { help, name, ...request } = parse(args);
    if (help) {
      process.stdout.write(usage);
      return;
    }
    const interactive = process.stdin.isTTY && process.stdout.isTTY;
    const created = await createDriver({ name, ...request }, { interactive });
    process.stdout.write(`${describeCreated(created)}\n`);
  } catch (error) {
    if (!(error instanceof CreateError)) throw error;
    process.stderr.write(`create-driver: ${error.message}\n`);
    process.exitCode = 2;
  }
}

function parse(args: readonly string[]) {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        bus: { type: "string" },
        device: { type: "string" },
        directory: { type: "string" },
        id: { type: "boolean" },
        help: { type: "boolean" },
      },
      allowNegative: true,
    });
    if (positionals.length > 1)
      throw new CreateError(`One name is enough; leave out ${positionals.slice(1).join(", ")}.`);
    return { ...values, name: positionals[0] };
  } catch (error) {
    if (error instanceof CreateError) throw error;
    const [reason] = (error as Error).message.split(/[.\n]/);
    throw new CreateError(`${reason}; see "create-driver --help".`, { cause: error });
  }
}
