/** Writes new driver packages: what `npm create @busbar/driver` and `busbar new` do. */

export type { Request } from "./ask.ts";
export { type Created, type CreateOptions, createDriver, describeCreated } from "./create.ts";
export { CreateError } from "./error.ts";
export { type Bus, buses, type Device, devices, type Kind, kinds, templateOf } from "./kinds.ts";
