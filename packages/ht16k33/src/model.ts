import { defineModel } from "@busbar/model";
import * as v from "valibot";
import { Ht16k33 } from "./model/ht16k33.ts";

export { Ht16k33, type Ht16k33State } from "./model/ht16k33.ts";

/** The model "ht16k33" of the board file. It has no parameters. */
export default defineModel(v.strictObject({}), (_, clock) => new Ht16k33(clock));
