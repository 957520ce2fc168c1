import type { Request } from "@busbar/create-driver";
import type { Command } from "commander";
import { UsageError } from "../exit-codes.ts";
import { Output } from "../output/output.ts";
import { jsonOption } from "./options.ts";

interface NewCommandOptions extends Omit<Request, "name"> {
  readonly json?: boolean;
}

/** `busbar new`. */
export function addNew(program: Command): void {
  program
    .command("new")
    .summary("write a new driver package")
    .description(
      "Writes a driver package that builds, passes its tests and runs on the simulated bus: a start from which to fill in " +
        "a real part. In a terminal it asks for what is left out. Nothing is overwritten.",
    )
    .argument("[name]", 'the package\'s name: "my-sensor", "@me/my-sensor"')
    .option("--bus <bus>", "what the part is on: i2c, usb")
    .option("--device <interface>", "what it is to apps: sensor, text-display, serial-port, hid")
    .option("--no-id", "of a part that no register tells from others, such as an LM75A")
    .option("--directory <folder>", "where it goes (default: a folder of its name)")
    .addOption(jsonOption())
    .action((name: string | undefined, { json = false, ...options }: NewCommandOptions) =>
      create({ ...options, name }, new Output(json)),
    );
}

async function create(request: Request, output: Output): Promise<void> {
  const { CreateError, createDriver, describeCreated } = await import("@busbar/create-driver");
  try {
    const created = await createDriver(request, { interactive: output.interactive && process.stdin.isTTY });
    if (output.json) output.document(created);
    else output.block(describeCreated(created));
  } catch (error) {
    if (error instanceof CreateError) throw new UsageError(error.message, { cause: error });
    throw error;
  }
}
