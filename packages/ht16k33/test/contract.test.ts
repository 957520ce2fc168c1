/** What every text display must do: @busbar/contract. */

import { join } from "node:path";
import { i2cAt, textDisplayContract } from "@busbar/contract";
import { HT16K33, ht16k33Options } from "../src/ht16k33.ts";
import { Ht16k33 } from "../src/model.ts";

/** The three lines of four digits, in the model's frame. */
function picture(...lines: [string, string, string]): string {
  const bar = "─".repeat(19);
  return [`┌${bar}┐`, ...lines.map((line) => `│${line.padEnd(19)}│`), `└${bar}┘`].join("\n");
}

const common = {
  definition: { options: ht16k33Options, driver: HT16K33 },
  component: join(import.meta.dirname, "../dist/ht16k33.wasm"),
  wiring: i2cAt(0x70),
  make: (clock: ConstructorParameters<typeof Ht16k33>[0]) => new Ht16k33(clock),
  blank: picture("", "", ""),
  texts: [
    {
      text: "12:30",
      picture: picture(
        "      _     _   _", //
        "   |  _| .  _| | |",
        "   | |_  .  _| |_|",
      ),
    },
    {
      text: "-4.7 ",
      picture: picture(
        "            _", //
        "  _  |_|     |",
        "       |.    |",
      ),
    },
  ],
  unshowable: ["K", "4x", "1:23", "\n", "€", "\u{e000}", "\0"],
  badSettings: [
    { brightness: 0 },
    { brightness: "17" },
    { brightness: "bright" },
    { "blink-hz": 3 },
    { "after-close": "dark" },
  ],
} as const;

textDisplayContract("HT16K33", common);
