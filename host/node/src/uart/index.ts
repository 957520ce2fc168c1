/** Serial ports on Linux: the backend, and what `busbar doctor` needs to know. */

export { linuxUart } from "./backend.ts";
export { diagnoseLinuxUart, diagnoseUartPort } from "./diagnose.ts";
