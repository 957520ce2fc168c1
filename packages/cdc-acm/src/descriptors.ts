/**
 * The functional descriptors of a CDC control interface: USB CDC 1.2 section 5.2.3, PSTN 1.2 section 5.3. They come as
 * whole descriptors, `extra` of @busbar/guest's `parseConfiguration`; whatever a device claims, nothing is read past the
 * end of one.
 */

/** bDescriptorType of a class-specific interface descriptor: CDC 1.2 table 12. */
export const CS_INTERFACE = 0x24;

/** bDescriptorSubtype: CDC 1.2 table 13. */
export const FunctionalSubtype = {
  HEADER: 0x00,
  CALL_MANAGEMENT: 0x01,
  ABSTRACT_CONTROL_MANAGEMENT: 0x02,
  UNION: 0x06,
} as const;

/** Which requests an abstract control model understands: PSTN 1.2 table 4. */
export interface AcmCapabilities {
  /** D0: Set_, Clear_ and Get_Comm_Feature. */
  readonly commFeature: boolean;
  /** D1: Set_ and Get_Line_Coding, Set_Control_Line_State, and the notification Serial_State. */
  readonly lineCoding: boolean;
  /** D2: Send_Break. */
  readonly sendBreak: boolean;
  /** D3: the notification Network_Connection. */
  readonly networkConnection: boolean;
}

/** How calls are managed: PSTN 1.2 table 3. */
export interface CallManagement {
  /** D0: the device does it itself. */
  readonly byDevice: boolean;
  /** D1: it can be done over the data interface. */
  readonly overDataInterface: boolean;
  /** bDataInterface. */
  readonly dataInterface: number;
}

/** Interfaces that are one function: CDC 1.2 table 16. */
export interface Union {
  /** bControlInterface. */
  readonly controlInterface: number;
  /** bSubordinateInterface0 and following, at least one. */
  readonly subordinateInterfaces: readonly number[];
}

/** The functional descriptors of one interface; what the device does not have is `undefined`. */
export interface FunctionalDescriptors {
  /** bcdCDC of the header: 0x0120 for 1.2. */
  readonly cdcVersionBcd: number | undefined;
  readonly callManagement: CallManagement | undefined;
  readonly acm: AcmCapabilities | undefined;
  readonly union: Union | undefined;
  /** bDescriptorSubtype of those that serial ports do not have. */
  readonly otherSubtypes: readonly number[];
}

/**
 * Reads the functional descriptors among the descriptors of an interface, as Linux does: those of other types, those too
 * short for their fields, and second ones of a kind that there is one of (CDC 1.2 section 5.2.3) are passed over, so that
 * they disable nothing but themselves.
 *
 * @param extra each whole, bLength and all
 */
export function parseFunctionalDescriptors(extra: Iterable<Uint8Array>): FunctionalDescriptors {
  const found = new Map<number, Uint8Array>();
  const otherSubtypes: number[] = [];
  for (const descriptor of extra) {
    const subtype = descriptor[2];
    if (descriptor[1] !== CS_INTERFACE || subtype === undefined) continue;
    const minimum = minimumLengths.get(subtype);
    if (minimum === undefined) otherSubtypes.push(subtype);
    else if (descriptor.length >= minimum && !found.has(subtype)) found.set(subtype, descriptor);
  }
  const header = found.get(FunctionalSubtype.HEADER);
  const callManagement = found.get(FunctionalSubtype.CALL_MANAGEMENT);
  const acm = found.get(FunctionalSubtype.ABSTRACT_CONTROL_MANAGEMENT);
  const union = found.get(FunctionalSubtype.UNION);
  return {
    cdcVersionBcd: header && header[3]! | (header[4]! << 8),
    callManagement: callManagement && {
      byDevice: (callManagement[3]! & 0x01) !== 0,
      overDataInterface: (callManagement[3]! & 0x02) !== 0,
      dataInterface: callManagement[4]!,
    },
    acm: acm && {
      commFeature: (acm[3]! & 0x01) !== 0,
      lineCoding: (acm[3]! & 0x02) !== 0,
      sendBreak: (acm[3]! & 0x04) !== 0,
      networkConnection: (acm[3]! & 0x08) !== 0,
    },
    union: union && { controlInterface: union[3]!, subordinateInterfaces: [...union.subarray(4)] },
    otherSubtypes,
  };
}

/** bFunctionLength, at least: CDC 1.2 tables 15 and 16, PSTN 1.2 tables 3 and 4. */
const minimumLengths: ReadonlyMap<number, number> = new Map([
  [FunctionalSubtype.HEADER, 5],
  [FunctionalSubtype.CALL_MANAGEMENT, 5],
  [FunctionalSubtype.ABSTRACT_CONTROL_MANAGEMENT, 4],
  [FunctionalSubtype.UNION, 5],
]);
