import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Command } from "commander";
import { Output } from "../output/output.ts";
import { jsonOption } from "./options.ts";

/** `busbar schema`. */
export function addSchema(program: Command): void {
  program
    .command("schema")
    .summary("the board file's JSON schema")
    .description("Prints the JSON schema of the board file, for editors and other tools.")
    .addOption(jsonOption())
    .action(() => {
      const file = createRequire(import.meta.url).resolve("@busbar/host/board.schema.json");
      new Output(false).block(readFileSync(file, "utf8").trimEnd());
    });
}
