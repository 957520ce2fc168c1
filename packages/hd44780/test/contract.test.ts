/** What every text display must do: @busbar/contract. */

import { join } from "node:path";
import { i2cAt, textDisplayContract } from "@busbar/contract";
import { HD44780, hd44780Options } from "../src/hd44780.ts";
import { Hd44780, type Hd44780Options, type Hd44780Signal } from "../src/model.ts";

function picture(rows: number, columns: number, first: string): string {
  const bar = "─".repeat(columns + 2);
  const lines = Array.from({ length: rows }, (_, row) => `│ ${(row === 0 ? first : "").padEnd(columns)} │`);
  return [`┌${bar}┐`, ...lines, `└${bar}┘`].join("\n");
}

/** The slowest oscillator that the data sheet allows, on the fastest bus that any backpack works with. */
const hardest = { oscillatorKHz: 190, busKHz: 400 };

function contractOf(size: string, model: Partial<Hd44780Options> = {}, settings = {}) {
  const [columns, rows] = size.split("x").map((text) => Number.parseInt(text, 10)) as [number, 1 | 2 | 4];
  const options: Hd44780Options = {
    rows,
    columns,
    pins: ["rs", "rw", "e", "bl", "d4", "d5", "d6", "d7"],
    backlightActive: "high",
    start: "slow-supply",
    ...hardest,
    ...model,
  };
  // Eight characters and an address: six instructions and three. Half of the latter ends in the middle of one.
  const texts = ["+21.5 °C", "¥ 1 200→"] as const;
  return {
    definition: { options: hd44780Options, driver: HD44780 },
    component: join(import.meta.dirname, "../dist/hd44780.wasm"),
    wiring: i2cAt(0x27),
    settings: { size, ...settings },
    make: (clock: ConstructorParameters<typeof Hd44780>[1]) => new Hd44780(options, clock),
    blank: picture(rows, columns, ""),
    texts: [
      { text: texts[0], picture: picture(rows, columns, texts[0]) },
      { text: texts[1], picture: picture(rows, columns, texts[1]) },
    ],
    unshowable: ["a\\b", "~", "€", "\n", "\0", "\u{e008}", "日本"],
    badSettings: [
      { size: "16x3" },
      { rom: "A01" },
      { backlight: "on" },
      { pins: "rs rw e bl d4 d5 d6" },
      { pins: "rs rw e bl d4 d5 d6 d6" },
      { "backlight-active": "true" },
      { "after-close": "dark" },
    ],
  } as const;
}

textDisplayContract("HD44780, 16x2", contractOf("16x2"));
textDisplayContract("HD44780, 16x1 in two halves", contractOf("16x1", { isSplit: true }));
textDisplayContract("HD44780, 16x1 in one line", contractOf("16x1-one-line"));
const western = contractOf("16x2", { rom: "A02" }, { rom: "A02" });
textDisplayContract("HD44780, ROM A02", {
  ...western,
  texts: [
    { text: "+21.5 °C", picture: picture(2, 16, "+21.5 °C") },
    { text: "ÄÖ\\~øçЯΩ", picture: picture(2, 16, "ÄÖ\\~øçЯΩ") },
  ],
  unshowable: ["€", "\n", "\0", "\u{a0}", "\u{ad}", "\u{e008}", "日本", "ｱ"],
});
textDisplayContract("HD44780, 20x4, after somebody else", contractOf("20x4", { start: "halfway" }));
textDisplayContract(
  "HD44780, 40x2, on another backpack",
  contractOf(
    "40x2",
    {
      pins: ["d4", "d5", "d6", "d7", "e", "rw", "rs", "bl"] as Hd44780Signal[],
      backlightActive: "low",
      busKHz: 100,
    },
    { pins: "d4 d5 d6 d7 e rw rs bl", "backlight-active": "low" },
  ),
);
