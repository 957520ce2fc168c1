/** The WIT exports of world `i2c-echo`. Each call is given its connection, and gives it back when it is done. */

import type { Wiring } from "@busbar/guest";
import * as i2cEcho from "./i2c-echo.ts";

type Handle = Wiring["bus"];

/** busbar:i2c-echo/thermometer. */
export const thermometer = {
  getTemperature: (connection: Handle): number => using(connection, i2cEcho.getTemperature),
};

/** busbar:i2c-echo/echo. */
export const echo = {
  echo: (connection: Handle, address: number, data: Uint8Array): Uint8Array =>
    using(connection, (bus) => i2cEcho.echo(bus, address, data)),
};

/** Drops the handle at the end, and throws the WIT error as the engines want it: the value itself. */
function using<Result>(connection: Handle, body: (connection: Handle) => Result): Result {
  try {
    return body(connection);
  } catch (error) {
    throw error instanceof Error && "payload" in error ? error.payload : error;
  } finally {
    connection[Symbol.dispose]();
  }
}
