import { spiController } from "../../device/spi-controller/index.ts";
import { printable } from "../../text.ts";
import type { BusModule } from "../module.ts";
import { refuseSecondOwner } from "../one-owner.ts";
import { BridgedSpi, prepareSpi } from "./bridged.ts";
import { SpiConnection } from "./connection.ts";
import { simulatedSpi, spiGrant } from "./grant.ts";
import { OpenedSpi } from "./opened.ts";
import { describeSpiPlace } from "./place.ts";
import { describeSpiOperations } from "./trace.ts";
import { trialDevice } from "./trial-device.ts";
import type { SpiTypes } from "./types.ts";
import { SpiCounts, spiUse } from "./use.ts";
import { appSpi, driverSpi, transactionWaits } from "./wasi-spi.ts";

/** The text of 2026-03-24 has no version. */
const wasiSpi = {
  path: "wasi:spi/spi",
  version: "",
  waits: ({ answersLater }: { readonly answersLater: boolean }) => (answersLater ? transactionWaits : []),
} as const;

/** SPI: wasi:spi for drivers and apps, one device for each entry. */
export const spi: BusModule<SpiTypes> = {
  key: "spi",
  aKey: 'an "spi"',
  grant: spiGrant,
  simulated: { entries: simulatedSpi.entries, expected: "expected the name of a bus" },
  grantLine: '"spi": { "bus": 0, "chipSelect": 0 }',
  refuse: (wired) => refuseSecondOwner(wired, describeSpiPlace),
  describeGrant({ bus, chipSelect }, simulated) {
    const where = simulated.some((entry) => entry.spi === bus) ? " (simulated)" : "";
    return `SPI bus ${printable(JSON.stringify(bus))}${where} at chip select ${chipSelect}`;
  },
  offers: [{ ...wasiSpi, implement: driverSpi }],
  appOffers: [{ ...wasiSpi, implement: appSpi }],
  bridged: {
    controller: spiController,
    placesOf: ({ bus }) => [bus],
    prepare: prepareSpi,
    backend: (bridges) => new BridgedSpi(bridges),
  },
  connect: (backends) => new SpiConnection(backends),
  trial: (grant) => new OpenedSpi(trialDevice, grant, new SpiCounts(false)),
  count: (_, isRecorded) => new SpiCounts(isRecorded),
  use: spiUse,
  describe: ({ operations }) => describeSpiOperations(operations),
};
