/**
 * What the host needs from a platform to reach SPI: Linux, the simulator and a browser each implement these two interfaces,
 * and the same contract tests run against all of them.
 */

/** One step of a transaction. A read's `length` and the `data` of the others are at least one byte long. */
export type SpiOperation =
  /** What is sent meanwhile has no meaning. */
  | { readonly kind: "read"; readonly length: number }
  /** What is received meanwhile is dropped. */
  | { readonly kind: "write"; readonly data: Uint8Array }
  /** As many bytes are received as are sent, at the same time. */
  | { readonly kind: "transfer"; readonly data: Uint8Array }
  /** At least so many nanoseconds pass, with chip select asserted. */
  | { readonly kind: "delay"; readonly ns: number };

/**
 * The name of a bus in the board file: B for `/dev/spidevB.C`, or the name of a simulated bus. A board's buses have one name
 * each: see `spiBusNameOf`.
 */
export type SpiBusName = number | string;

/** What a transaction gave, one array for each read and each transfer, at once or later. */
export type SpiAnswer = Uint8Array[] | Promise<Uint8Array[]>;

/** One opened device on an SPI bus: it answers at once where nothing else is said. */
export interface SpiDevice<Answer extends SpiAnswer = Uint8Array[]> {
  /** Why it is not there any more, as one sentence without its end; undefined while it is, and where nobody can know. */
  readonly lost?: string | undefined;

  /**
   * Runs `operations` as one transaction: chip select is asserted before the first and released after the last, and stays
   * asserted between them. It is never split into several, and never interleaved with another transaction on the same bus.
   *
   * @returns one array for each read and each transfer, in order, each exactly as long as was asked for
   * @throws SpiError for everything that can go wrong on the bus or in the controller; a promise rejects with it
   */
  transaction(operations: readonly SpiOperation[]): Answer;

  /** Releases the device. Closing twice is legal; a transaction afterwards throws an SpiError. */
  close(): void;
}

/** A source of SPI devices: they answer at once where nothing else is said. */
export interface SpiBackend<Answer extends SpiAnswer = Uint8Array[]> {
  /** Shown to people: "Linux spidev", "simulator". */
  readonly name: string;

  /**
   * Whether transactions of its devices may give promises, because the bus is behind a thread, a network or another driver. A
   * driver can wait for them; a device that answers at once costs several times less, so it does not say this.
   */
  readonly answersLater?: boolean;

  /**
   * Opens a device; `undefined` where this backend has no bus of that name, so that the next backend is asked.
   *
   * @throws BackendError when the bus exists but the device cannot be used: nothing on that chip select, no permission, a
   *   controller that cannot do what the wiring asks for; or when it is used by somebody else, naming that
   */
  openSpi(bus: SpiBusName, wiring: SpiWiring): SpiDevice<Answer> | undefined;
}

/** How a device is wired, and how it is spoken to. */
export interface SpiWiring {
  /** The device's name in the board file: whoever uses what it is wired to can be named by it. */
  readonly device: string;
  /** The number of the chip select line, 0 to 255. */
  readonly chipSelect: number;
  /** Clock polarity and phase, 0 to 3: CPOL is bit 1, CPHA bit 0. */
  readonly mode: number;
  /** In Hz; the clock is never faster. */
  readonly maximumHz: number;
  /** Which bit of a byte is first on the wire. */
  readonly bitOrder: SpiBitOrder;
}

/** Which bit of a byte is first on the wire. */
export type SpiBitOrder = "msb-first" | "lsb-first";
