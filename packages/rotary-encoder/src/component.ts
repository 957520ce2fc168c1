/** The WIT export of a driver on GPIO. */

import { gpio } from "@busbar/guest/gpio";
import { defineSensor } from "@busbar/guest/sensor";
import { RotaryEncoder, rotaryEncoderOptions } from "./rotary-encoder.ts";

/** busbar:device/sensor. */
export const sensor = defineSensor({ bus: gpio, options: rotaryEncoderOptions, driver: RotaryEncoder });
