/** The WIT exports of world `app`. */

import { defineApp, nowMs, openSensor, openTextDisplay, print, waitMs } from "@busbar/guest/app";
import { Station } from "./station.ts";

/** wasi:cli/run. */
export const run = defineApp(() => {
  const surroundings = { nowMs, openSensor, openTextDisplay, print, waitMs };
  new Station(surroundings, { sensor: "indoor", display: "panel", everyMs: 1000 }).run();
});
