import { defineModel, defineSpiModel } from "@busbar/model";
import * as v from "valibot";
import { PANELS, type PanelName } from "./model/panel.ts";
import { Ssd1306OnI2c, Ssd1306OnSpi, type Ssd1306Options } from "./model/ssd1306.ts";

export { Controller } from "./model/controller.ts";
export type { PanelName } from "./model/panel.ts";
export { Ssd1306OnI2c, Ssd1306OnSpi, type Ssd1306Options } from "./model/ssd1306.ts";

/** The parameters of the model "ssd1306"; its output is what the modules take. */
const parameters = v.strictObject({
  size: v.optional(v.picklist(Object.keys(PANELS) as PanelName[]), "128x64"),
  supply: v.optional(v.picklist(["charge-pump", "external"]), "charge-pump"),
}) satisfies v.GenericSchema<unknown, Ssd1306Options>;

/** The model "ssd1306" of the board file, on I2C or on SPI. */
export default {
  ...defineModel(parameters, (options) => new Ssd1306OnI2c(options)),
  spi: defineSpiModel(parameters, (options) => new Ssd1306OnSpi(options), ["dc", "reset"]),
};
