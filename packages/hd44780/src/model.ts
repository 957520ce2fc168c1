import { defineModel, numberWithin } from "@busbar/model";
import * as v from "valibot";
import { Hd44780, type Hd44780Signal } from "./model/hd44780.ts";

export { Hd44780, type Hd44780Options, type Hd44780Signal } from "./model/hd44780.ts";

const SIGNALS: readonly string[] = ["rs", "rw", "e", "bl", "d4", "d5", "d6", "d7", "nc"];

const pins = v.pipe(
  v.string(),
  v.transform((text) => text.split(" ") as Hd44780Signal[]),
  v.check(
    (names) => names.length === 8 && names.every((name) => SIGNALS.includes(name)),
    'expected what P0 to P7 are wired to, such as "rs rw e bl d4 d5 d6 d7"',
  ),
);

/** The model "hd44780" of the board file. */
export default defineModel(
  v.strictObject({
    size: v.optional(
      v.picklist(["8x1", "16x1", "16x1-one-line", "20x1", "8x2", "16x2", "20x2", "40x2", "16x4", "20x4"]),
      "16x2",
    ),
    rom: v.optional(v.picklist(["A00", "A02"]), "A00"),
    pins: v.optional(pins, "rs rw e bl d4 d5 d6 d7"),
    backlightActive: v.optional(v.picklist(["high", "low"]), "high"),
    oscillatorKHz: v.optional(numberWithin(190, 350), 190),
    busKHz: v.optional(numberWithin(1, 400), 100),
    start: v.optional(v.picklist(["power-on", "slow-supply", "halfway"]), "power-on"),
  }),
  ({ size, ...options }, clock) => {
    const [columns, rows] = size.split("x").map((text) => Number.parseInt(text, 10)) as [number, 1 | 2 | 4];
    return new Hd44780({ ...options, columns, rows, isSplit: size === "16x1" }, clock);
  },
);
