/** What every text display must do, source and component alike: @busbar/contract. */

import { join } from "node:path";
import { i2cAt, textDisplayContract } from "@busbar/contract";
import { MyDisplay, myDisplayOptions } from "../src/my-display.ts";
import { specimen } from "./specimen.ts";

/** The model's frame around a first row. */
function picture(firstRow: string): string {
  const bar = "─".repeat(16);
  return [`┌${bar}┐`, `│${firstRow.padEnd(16)}│`, `│${" ".repeat(16)}│`, `└${bar}┘`].join("\n");
}

textDisplayContract("MyDisplay", {
  definition: { options: myDisplayOptions, driver: MyDisplay },
  component: join(import.meta.dirname, "../dist/my-display.wasm"),
  wiring: i2cAt(0x3c),
  make: specimen,
  blank: picture(""),
  texts: [
    { text: "12:30", picture: picture("12:30") },
    { text: "~ 4.7", picture: picture("~ 4.7") },
  ],
  unshowable: ["°", "\n", "\u{e000}"],
  badSettings: [{ brightness: 0 }, { brightness: 16 }, { brightness: "bright" }],
});
