import { i2cController } from "../../device/i2c-controller/index.ts";
import { hex } from "../../hex.ts";
import { printable } from "../../text.ts";
import { bytesUse } from "../bytes-use.ts";
import type { BusModule } from "../module.ts";
import { addressesOf } from "./addresses.ts";
import { appBoardI2c, boardI2c } from "./board-i2c.ts";
import { BridgedI2c, prepareI2c } from "./bridged.ts";
import { I2cConnection } from "./connection.ts";
import { i2cGrant, simulatedI2c } from "./grant.ts";
import { OpenedI2c } from "./opened.ts";
import { refuseSharedTargets } from "./shared-targets.ts";
import { describeOperations } from "./trace.ts";
import { trialBus } from "./trial-bus.ts";
import type { I2cTypes } from "./types.ts";
import { I2cCounts } from "./use.ts";
import { DelayHandle, delayWaits, I2cResource, transactionWaits } from "./wasi-i2c.ts";

/** wasi:i2c, the same for drivers and for apps. */
const wasiI2c = [
  {
    path: "wasi:i2c/i2c",
    version: "0.2.0-draft",
    implement: () => ({ I2c: I2cResource }),
    waits: ({ answersLater }: { readonly answersLater: boolean }) => (answersLater ? transactionWaits : []),
  },
  {
    path: "wasi:i2c/delay",
    version: "0.2.0-draft",
    implement: () => ({ Delay: DelayHandle }),
    waits: () => delayWaits,
  },
] as const;

const boardI2cInterface = { path: "busbar:board/i2c", version: "0.1.0" } as const;

/** I2C: wasi:i2c for drivers and apps, one target for each entry. */
export const i2c: BusModule<I2cTypes> = {
  key: "i2c",
  aKey: 'an "i2c"',
  grant: i2cGrant,
  simulated: { entries: simulatedI2c.entries, expected: "expected the name of a bus" },
  grantLine: '"i2c": { "bus": 1, "address": "0x76" }',
  refuse: refuseSharedTargets,
  describeGrant(grant, simulated) {
    const where = simulated.some((entry) => entry.i2c === grant.bus) ? " (simulated)" : "";
    return `bus ${printable(JSON.stringify(grant.bus))}${where} at ${addressesOf(grant).map(hex).join(", ")}`;
  },
  offers: [...wasiI2c, { ...boardI2cInterface, implement: boardI2c }],
  appOffers: [...wasiI2c, { ...boardI2cInterface, implement: appBoardI2c }],
  bridged: {
    controller: i2cController,
    placesOf: ({ bus }) => [bus],
    // Two multiplexers that are both connected are one bus, on which two targets answer at an address that both pass on.
    sharedBus: (grant) => (addressesOf(grant).length > 1 ? grant.bus : undefined),
    prepare: prepareI2c,
    backend: (bridges) => new BridgedI2c(bridges),
  },
  connect: (backends) => new I2cConnection(backends),
  trial: (grant) => new OpenedI2c(trialBus, grant, new I2cCounts(false)),
  count: (_, isRecorded) => new I2cCounts(isRecorded),
  use: bytesUse,
  describe: ({ operations }) => describeOperations(operations),
};
