/** Xbox 360 and Xbox One controllers: bytes in, states out, and the other way round. Nothing here does I/O. */

export * from "./gip.ts";
export { type Rumble, type Stick, standardGamepad, type XboxButton, type XboxState } from "./state.ts";
export * from "./xbox-360.ts";
export * from "./xbox-one.ts";
