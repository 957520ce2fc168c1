export { type AcmEndpoint, type AcmFunction, findAcmFunctions } from "./acm-function.ts";
export { CdcAcm, type CdcAcmOptions, cdcAcmOptions } from "./cdc-acm.ts";
export {
  type AcmCapabilities,
  type CallManagement,
  CS_INTERFACE,
  type FunctionalDescriptors,
  FunctionalSubtype,
  parseFunctionalDescriptors,
  type Union,
} from "./descriptors.ts";
export { CdcError, type CdcErrorCode } from "./errors.ts";
export { decodeLineCoding, encodeLineCoding, LINE_CODING_BYTES } from "./line-coding.ts";
export {
  decodeSerialState,
  type Notification,
  NotificationAssembler,
  NotificationCode,
} from "./notifications.ts";
export type { DeviceIdentity } from "./quirks.ts";
export {
  getLineCoding,
  LONGEST_BREAK_MS,
  sendBreak,
  setControlLineState,
  setLineCoding,
} from "./requests.ts";
