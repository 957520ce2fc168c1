/**
 * What an app of the world `app` uses: sensors and displays by the names of the board, printing, waiting. Runs inside a
 * component only. An app of another world imports the parts of that world: `@busbar/guest/app/base`, and one for each
 * interface, such as `@busbar/guest/app/block-device`.
 */

export * from "./app/base.ts";
export { type AppSensor, openSensor } from "./app/sensor.ts";
export { type AppTextDisplay, openTextDisplay } from "./app/text-display.ts";
