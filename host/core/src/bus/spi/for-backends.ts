/** SPI for who needs nothing else of the host: a simulated bus in a component, say. */
export type {
  SpiAnswer,
  SpiBackend,
  SpiBitOrder,
  SpiBusName,
  SpiDevice,
  SpiOperation,
  SpiWiring,
} from "./backend.ts";
export { SpiError, type SpiErrorCode } from "./error.ts";
