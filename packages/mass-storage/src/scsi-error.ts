/** What a logical unit refuses, as the one error of drivers. */

import { DriverError } from "@busbar/guest";
import { describeSense, type Sense, SenseCode, type SenseKey } from "./sense.ts";

type Payload = DriverError["payload"];

/** By sense key, what the message begins with and ends with. */
const sentences: Partial<Record<SenseKey, readonly [tag: "protocol" | "unsupported", advice: string]>> = {
  "medium-error": ["protocol", "the medium is damaged there, copy what can still be read"],
  "hardware-error": ["protocol", "unplug the device and plug it in again, or replace it"],
  "illegal-request": ["unsupported", "the device cannot do that"],
};

/** A command that a logical unit refused, with the reason that it gave. */
export class ScsiError extends DriverError {
  readonly sense: Sense;

  /** @param doing what the driver was doing: "reading 8 blocks from block 100" */
  constructor(sense: Sense, doing: string) {
    super(payloadOf(sense, doing));
    this.sense = sense;
  }
}

/** Whether the unit does not do what it was asked, whatever the state of its medium is. */
export function isRefusal({ key, code }: Sense): boolean {
  return key === "illegal-request" && code !== SenseCode.UNIT_NOT_SUPPORTED;
}

/** Whether the unit has another medium than before. */
export function isMediumChange({ key, code }: Sense): boolean {
  return key === "unit-attention" && code === SenseCode.MEDIUM_MAY_HAVE_CHANGED;
}

/** Whether the unit has no medium. */
export function isMediumAbsence({ key, code }: Sense): boolean {
  return (key === "not-ready" || key === "unit-attention") && code === SenseCode.MEDIUM_NOT_PRESENT;
}

function payloadOf(sense: Sense, doing: string): Payload {
  const { key, code } = sense;
  const reason = describeSense(sense);
  if (isMediumAbsence(sense))
    return { tag: "not-found", val: "There is no medium in the device; put one in." };
  if (isMediumChange(sense)) {
    return { tag: "disconnected", val: "The medium was changed; look at its size before you go on." };
  }
  if (key === "data-protect") {
    return { tag: "access-denied", val: `${doing}: the medium is write-protected; ${reason}.` };
  }
  if (key === "not-ready") {
    return { tag: "timeout", val: `${doing}: the device does not get ready; ${reason}.` };
  }
  if (code === SenseCode.BLOCK_OUT_OF_RANGE) {
    return { tag: "invalid-argument", val: `${doing}: the device has no such block; ${reason}.` };
  }
  if (code === SenseCode.UNIT_NOT_SUPPORTED) {
    return { tag: "not-found", val: `${doing}: the device has no such unit; correct the setting "lun".` };
  }
  const [tag, advice] = sentences[key] ?? ["protocol", "unplug the device and plug it in again"];
  return { tag, val: `${doing}: ${reason}; ${advice}.` };
}
