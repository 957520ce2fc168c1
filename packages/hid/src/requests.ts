/** The requests of the HID class. Source: HID 1.11, section 7. */

import type { ControlRequest } from "@busbar/guest";
import type { ReportType } from "./field.ts";

/** bDescriptorType of the class's descriptors (7.1). */
export const HidDescriptorType = { HID: 0x21, REPORT: 0x22 } as const;

/** bInterfaceClass (4.1). */
export const HID_INTERFACE_CLASS = 0x03;

/** bRequest (USB 2.0, table 9-4; HID 1.11, 7.2). */
const Request = {
  GET_DESCRIPTOR: 0x06,
  GET_REPORT: 0x01,
  GET_IDLE: 0x02,
  GET_PROTOCOL: 0x03,
  SET_REPORT: 0x09,
  SET_IDLE: 0x0a,
  SET_PROTOCOL: 0x0b,
} as const;

/** Upper byte of wValue (7.2.1). */
const reportTypeNumbers: Readonly<Record<ReportType, number>> = { input: 1, output: 2, feature: 3 };

/** 7.1.1. @param index bInterfaceNumber, as in all that follow */
export function getReportDescriptor(index: number): ControlRequest {
  const value = HidDescriptorType.REPORT << 8;
  return { type: "standard", recipient: "interface", request: Request.GET_DESCRIPTOR, value, index };
}

/** 7.2.1. @param id 0 where reports have no id, as in all that follow */
export function getReport(type: ReportType, id: number, index: number): ControlRequest {
  return classRequest(Request.GET_REPORT, (reportTypeNumbers[type] << 8) | id, index);
}

/** 7.2.2. */
export function setReport(type: ReportType, id: number, index: number): ControlRequest {
  return classRequest(Request.SET_REPORT, (reportTypeNumbers[type] << 8) | id, index);
}

/** 7.2.3. */
export function getIdle(id: number, index: number): ControlRequest {
  return classRequest(Request.GET_IDLE, id, index);
}

/** 7.2.4. @param id 0 for all reports @param quarters multiples of 4 ms, 0 to 255; 0 for "only when it changes" */
export function setIdle(id: number, quarters: number, index: number): ControlRequest {
  return classRequest(Request.SET_IDLE, (quarters << 8) | id, index);
}

/** 7.2.5. */
export function getProtocol(index: number): ControlRequest {
  return classRequest(Request.GET_PROTOCOL, 0, index);
}

/** 7.2.6. @param protocol 0 for boot, 1 for report */
export function setProtocol(protocol: number, index: number): ControlRequest {
  return classRequest(Request.SET_PROTOCOL, protocol, index);
}

function classRequest(request: number, value: number, index: number): ControlRequest {
  return { type: "class", recipient: "interface", request, value, index };
}
