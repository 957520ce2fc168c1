/** For the program on the other side of the app's input and output. */

export { type Answer, type DeviceInterface, type Request, readAnswer, writeRequest } from "./message.ts";
