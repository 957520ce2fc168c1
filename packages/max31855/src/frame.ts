/** The 32 bits that a MAX31855 sends, without I/O (19-5793, tables 2 to 5, "Serial-Interface Protocol"). */

/** Bytes of a frame; the part sends its most significant bit first. */
export const FRAME_LENGTH = 4;

/** °C of a step: the thermocouple's 14 bits, the part's own 12 (tables 4 and 5). */
export const THERMOCOUPLE_RESOLUTION = 0.25;
export const INTERNAL_RESOLUTION = 0.0625;

/** D17 and D3 are always 0 (table 2). */
const RESERVED = 0x0002_0008;
/** D16: one of the three faults below it is there. */
const FAULT = 0x0001_0000;
/** D2 to D0. */
const SHORT_TO_VCC = 0b100;
const SHORT_TO_GROUND = 0b010;
const OPEN_CIRCUIT = 0b001;

/** What a frame says. */
export type Frame =
  | {
      readonly kind: "measured";
      /** °C of the thermocouple, its cold junction compensated. */
      readonly thermocouple: number;
      /** °C of the part, which is the cold junction's. */
      readonly internal: number;
    }
  | {
      readonly kind: "fault";
      /** What is wrong with the thermocouple, as people say it. */
      readonly fault: "is open" | "is shorted to ground" | "is shorted to the supply";
    }
  /** No MAX31855 sends that. */
  | { readonly kind: "nonsense" };

/** Reads a frame of four bytes. */
export function parseFrame(bytes: Uint8Array): Frame {
  const bits = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getInt32(0, false);
  const fault = faultOf(bits);
  if ((bits & RESERVED) !== 0 || ((bits & FAULT) !== 0) !== (fault !== undefined))
    return { kind: "nonsense" };
  if (fault !== undefined) return { kind: "fault", fault };
  return {
    kind: "measured",
    // The signs are kept by the shift to the right: D31 is the thermocouple's, D15 the part's.
    thermocouple: (bits >> 18) * THERMOCOUPLE_RESOLUTION,
    internal: ((bits << 16) >> 20) * INTERNAL_RESOLUTION,
  };
}

function faultOf(bits: number) {
  if ((bits & OPEN_CIRCUIT) !== 0) return "is open";
  if ((bits & SHORT_TO_GROUND) !== 0) return "is shorted to ground";
  return (bits & SHORT_TO_VCC) !== 0 ? "is shorted to the supply" : undefined;
}
