import { gpioController } from "../../device/gpio-controller/index.ts";
import { printable } from "../../text.ts";
import type { BusModule } from "../module.ts";
import { BridgedGpio, prepareGpio } from "./bridged.ts";
import { GpioConnection } from "./connection.ts";
import { gpioGrant, simulatedGpio } from "./grant.ts";
import { appGpioOffers, gpioOffers } from "./offers.ts";
import { OpenedGpio } from "./opened.ts";
import { describeLine, refuseSharedLines } from "./shared-lines.ts";
import { describeOperation } from "./trace.ts";
import type { GpioTypes } from "./types.ts";
import { GpioCounts, gpioUse } from "./use.ts";

/** GPIO: wasi:gpio/digital for drivers and apps, some lines for each entry. */
export const gpio: BusModule<GpioTypes> = {
  key: "gpio",
  aKey: 'a "gpio"',
  grant: gpioGrant,
  simulated: { entries: simulatedGpio.entries, expected: "expected the name of a chip" },
  grantLine: '"gpio": { "lines": { "ready": { "chip": 0, "line": 17, "direction": "in" } } }',
  refuse: refuseSharedLines,
  describeGrant({ lines }, simulated) {
    const described = Object.entries(lines).map(([name, line]) => {
      const where = simulated.some((entry) => entry.gpio === line.chip) ? " (simulated)" : "";
      return `"${name}" on ${printable(describeLine(line))}${where}`;
    });
    return described.join(", ");
  },
  offers: gpioOffers,
  appOffers: appGpioOffers,
  bridged: {
    controller: gpioController,
    placesOf: ({ lines }) => Object.values(lines).map(({ chip }) => chip),
    prepare: prepareGpio,
    backend: (bridges) => new BridgedGpio(bridges),
  },
  connect: (backends) => new GpioConnection(backends),
  trial: (grant) => new OpenedGpio(grant, new GpioCounts(false)),
  count: (_, isRecorded) => new GpioCounts(isRecorded),
  use: gpioUse,
  describe: describeOperation,
};
