import { printable } from "../../text.ts";
import type { BusModule } from "../module.ts";
import { refuseSecondOwner } from "../one-owner.ts";
import { appUart, driverUart } from "./board-uart.ts";
import { UartConnection } from "./connection.ts";
import { simulatedUart, uartGrant } from "./grant.ts";
import { OpenedUart } from "./opened.ts";
import { portWaits } from "./port.ts";
import { describeUartOperation } from "./trace.ts";
import { trialPort } from "./trial-port.ts";
import type { UartTypes } from "./types.ts";
import { UartCounts, uartUse } from "./use.ts";

const boardUart = {
  path: "busbar:board/uart",
  version: "0.1.0",
  waits: () => ["open", ...portWaits],
} as const;

/** Serial ports: busbar:board/uart for drivers and apps, one port for each entry. */
export const uart: BusModule<UartTypes> = {
  key: "uart",
  aKey: 'a "uart"',
  grant: uartGrant,
  simulated: { entries: simulatedUart.entries, expected: "expected the name of a port" },
  grantLine: '"uart": { "port": "ttyUSB0", "baudRate": 9600 }',
  refuse: (wired) => refuseSecondOwner(wired, ({ port }) => `the serial port ${JSON.stringify(port)}`),
  describeGrant({ port, baudRate }, simulated) {
    const where = simulated.some((entry) => entry.uart === port) ? " (simulated)" : "";
    return `serial port ${printable(JSON.stringify(port))}${where} at ${baudRate} baud`;
  },
  offers: [{ ...boardUart, implement: driverUart }],
  appOffers: [{ ...boardUart, implement: appUart }],
  connect: (backends) => new UartConnection(backends),
  trial: (grant) => new OpenedUart(trialPort, grant, new UartCounts(false)),
  count: (_, isRecorded) => new UartCounts(isRecorded),
  use: uartUse,
  describe: describeUartOperation,
};
