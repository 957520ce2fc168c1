/**
 * Takes the custom sections out of a core module. They say how it was linked, and what its functions were called: nobody
 * asks for them at run time, and what a component says about itself stands in the component.
 */

import { concatenate, outermostSections, sectionId } from "../sections.ts";

/** @throws RangeError when a section goes past the end */
export function withoutCustomSections(module: Uint8Array): Uint8Array<ArrayBuffer> {
  const kept = outermostSections(module).filter(({ id }) => id !== sectionId.custom);
  return Uint8Array.from(
    concatenate([module.subarray(0, 8), ...kept.map(({ start, end }) => module.subarray(start, end))]),
  );
}
