/** wasi:gpio, for drivers and for apps; and what hands out pins. */

import type { CommonContext } from "../../instance/context.ts";
import { type PollContext, pollWaits, wasiPoll } from "../../interfaces/wasi-poll.ts";
import type { BusOffer } from "../module.ts";
import type { AppRun } from "../running.ts";
import type { AppGpio } from "./app.ts";
import { appBoardGpio, boardGpio, boardGpioWaits } from "./board-gpio.ts";
import type { OpenedGpio } from "./opened.ts";
import { DigitalInOutPin, DigitalInPin, DigitalOutPin, pinWaits } from "./pins.ts";

const wasiGpio = [
  { path: "wasi:gpio/general", version: "0.2.0" },
  {
    path: "wasi:gpio/digital",
    version: "0.2.0",
    implement: () => ({ DigitalInPin, DigitalOutPin, DigitalInOutPin }),
    waits: ({ answersLater }: { readonly answersLater: boolean }) => (answersLater ? pinWaits : []),
  },
  {
    path: "wasi:gpio/delay",
    version: "0.2.0",
    implement: ({ budget }: PollContext) => ({
      delayNs: (ns: number) => budget.sleep((ns >>> 0) / 1e6),
      delayUs: (us: number) => budget.sleep((us >>> 0) / 1e3),
      delayMs: (ms: number) => budget.sleep(ms >>> 0),
    }),
    waits: () => ["delay-ns", "delay-us", "delay-ms"],
  },
] as const;

const boardGpioInterface = {
  path: "busbar:board/gpio",
  version: "0.1.0",
  waits: () => boardGpioWaits,
} as const;

/** For drivers. */
export const gpioOffers: readonly BusOffer<CommonContext, OpenedGpio>[] = [
  ...wasiGpio,
  // What pins are waited for with. The version is the newest of WASI 0.2 that is known: all have this interface unchanged.
  { path: "wasi:io/poll", version: "0.2.12", implement: wasiPoll, waits: () => pollWaits },
  { ...boardGpioInterface, implement: boardGpio },
];

/** For apps, which have wasi:io/poll whatever they drive. */
export const appGpioOffers: readonly BusOffer<AppRun, AppGpio>[] = [
  ...wasiGpio,
  { ...boardGpioInterface, implement: appBoardGpio },
];
