/** What the driver of an SSD1306 needs of a bus, whichever it is. */

/** A display on a bus: commands and data, which go over the same wires. All methods throw DriverError. */
export interface DisplayBus {
  /** For messages: "The SSD1306 at 0x3C". */
  readonly where: string;
  /** Sends commands with their parameters. @param doing for messages: "showing text" */
  commands(bytes: readonly number[], doing: string): void;
  /** Sends what goes into the display RAM. @param doing as of `commands` */
  data(bytes: Uint8Array, doing: string): void;
}
