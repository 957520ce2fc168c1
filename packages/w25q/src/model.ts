import { defineSpiModel } from "@busbar/model";
import * as v from "valibot";
import { W25q } from "./model/w25q.ts";

export { W25q, type W25qOptions } from "./model/w25q.ts";

/** Bytes by name. */
const SIZES = {
  W25Q80: 2 ** 20,
  W25Q16: 2 ** 21,
  W25Q32: 2 ** 22,
  W25Q64: 2 ** 23,
  W25Q128: 2 ** 24,
  W25Q256: 2 ** 25,
  W25Q512: 2 ** 26,
} as const;

/** The parameters of the model "w25q". */
const parameters = v.strictObject({
  part: v.optional(v.picklist(Object.keys(SIZES) as (keyof typeof SIZES)[]), "W25Q128"),
  busyTime: v.optional(v.picklist(["typical", "maximum"]), "typical"),
});

/** The model "w25q" of the board file: erased when the board is opened. */
export default defineSpiModel(
  parameters,
  ({ part, busyTime }, clock) => new W25q({ bytes: SIZES[part], busyTime }, clock),
);
