export { chooseEndpoint } from "./alternate-setting.ts";
export { BulkPayloads } from "./bulk-payloads.ts";
export {
  type FormatDescriptor,
  type FrameDescriptor,
  findVideoFunction,
  type Stream,
  type StreamEndpoint,
  type VideoFunction,
} from "./descriptors.ts";
export { type AssembledFrame, FrameAssembler, type FrameRules } from "./frame-assembler.ts";
export { type IsochronousPlan, isochronousPlan } from "./isochronous-plan.ts";
export { modesOf, type StreamMode } from "./modes.ts";
export { type PayloadHeader, parsePayloadHeader } from "./payload.ts";
export { decodeProbe, encodeProbe, probeLength, type StreamParameters } from "./probe.ts";
export { Uvc, type UvcOptions, uvcOptions } from "./uvc.ts";
