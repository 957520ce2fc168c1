import * as v from "valibot";
import { defineModel } from "../model.ts";
import { Ht16k33 } from "./ht16k33.ts";

/** The model "ht16k33" of the board file. It has no parameters. */
export const ht16k33Model = defineModel(v.strictObject({}), (_, clock) => new Ht16k33(clock));
