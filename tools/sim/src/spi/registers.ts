import { defineSpiModel, RegistersOverSpi } from "@busbar/model";
import * as v from "valibot";
import { Registers, registersParameters } from "../models/registers.ts";

/** Bit 7 of a register's number says "read", so that there are no more. */
const highestRegister = 0x7f;

/** The model "registers" of the board file, for a device on SPI. */
export const spiRegistersModel = defineSpiModel(
  v.pipe(
    registersParameters,
    v.check(
      ({ contents }) => [...contents.keys()].every((register) => register <= highestRegister),
      "by SPI there are the registers 0x00 to 0x7F only",
    ),
  ),
  (options) => new RegistersOverSpi(new Registers(options)),
);
