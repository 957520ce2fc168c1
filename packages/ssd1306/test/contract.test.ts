/** What every text display must do: @busbar/contract. */

import { join } from "node:path";
import { i2cAt, onSpi, textDisplayContract, withLines } from "@busbar/contract";
import { Ssd1306OnI2c, Ssd1306OnSpi, type Ssd1306Options } from "../src/model.ts";
import { SSD1306OnI2c } from "../src/on-i2c.ts";
import { SSD1306OnSpi, ssd1306SpiOptions } from "../src/on-spi.ts";
import { ssd1306Options } from "../src/ssd1306.ts";
import { picture } from "./picture.ts";

const component = (name: string) => join(import.meta.dirname, "../dist", name);
const unshowable = ["€", "ä", "\n", "\u{e000}", "\0", "字"];
const badSettings = [
  { size: "128x128" },
  { "character-width": 7 },
  { contrast: 256 },
  { supply: "usb" },
  { "com-pins": "18" },
  { inverse: "yes" },
];
/** "Hi 5°" and "gj_0." with 6 dots for each character. */
const texts = [
  {
    text: "Hi 5°",
    art: [
      "█   █|  █  |     |█████|  ██ ",
      "█   █|     |     |█    | █  █",
      "█   █| ██  |     |████ | █  █",
      "█████|  █  |     |    █|  ██ ",
      "█   █|  █  |     |    █|     ",
      "█   █|  █  |     |█   █|     ",
      "█   █| ███ |     | ███ |     ",
      "     |     |     |     |     ",
    ],
  },
  {
    text: "gj_0.",
    art: [
      "     |   █ |     | ███ |     ",
      "     |     |     |█   █|     ",
      " ████|  ██ |     |█   █|     ",
      "█   █|   █ |     |█ █ █|     ",
      "█   █|   █ |     |█   █|     ",
      " ████|   █ |     |█   █| ██  ",
      "    █|█  █ |     | ███ | ██  ",
      " ███ | ██  |█████|     |     ",
    ],
  },
] as const;

const common = { unshowable, badSettings } as const;

textDisplayContract("SSD1306 on I2C", {
  ...common,
  definition: { options: ssd1306Options, driver: SSD1306OnI2c },
  component: component("ssd1306.wasm"),
  wiring: i2cAt(0x3c),
  make: () => new Ssd1306OnI2c({ size: "128x64", supply: "charge-pump" }),
  blank: picture("128x64", []),
  texts: [
    { text: texts[0].text, picture: picture("128x64", texts[0].art) },
    { text: texts[1].text, picture: picture("128x64", texts[1].art) },
  ],
});

const small: Ssd1306Options = { size: "64x48", supply: "external" };
textDisplayContract("SSD1306 of 64x48 dots on SPI", {
  ...common,
  definition: { options: ssd1306SpiOptions, driver: SSD1306OnSpi },
  component: component("ssd1306-spi.wasm"),
  wiring: withLines(onSpi(), {
    dc: { direction: "out" },
    reset: { direction: "out", activeLevel: "active-low" },
  }),
  settings: { size: "64x48", supply: "external" },
  make: () => new Ssd1306OnSpi(small),
  isOnlyWritten: true,
  blank: picture("64x48", []),
  texts: [
    { text: texts[0].text, picture: picture("64x48", texts[0].art) },
    { text: texts[1].text, picture: picture("64x48", texts[1].art) },
  ],
});
