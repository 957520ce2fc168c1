/**
 * What the host needs from a platform to reach I2C: the Linux backend, the simulator and a browser each implement
 * these two interfaces, and the same contract tests run against all of them.
 */

/** One step of a transaction. A read's `length` and a write's `data` are at least one byte long. */
export type I2cOperation =
  | { readonly kind: "read"; readonly length: number }
  | { readonly kind: "write"; readonly data: Uint8Array };

/**
 * The name of a bus in the board file: N for `/dev/i2c-N`, or the name of an adapter or a simulated bus. A board's buses
 * have one name each: see `busNameOf`.
 */
export type I2cBusName = number | string;

/** What a transaction read, one array for each read, at once or later. */
export type I2cAnswer = Uint8Array[] | Promise<Uint8Array[]>;

/** One opened I2C controller: it answers at once where nothing else is said. */
export interface I2cBus<Answer extends I2cAnswer = Uint8Array[]> {
  /** Why it is not there any more, as one sentence without its end; undefined while it is, and where nobody can know. */
  readonly lost?: string | undefined;

  /**
   * Runs `operations` against the 7-bit `address` as one transaction: a start, a repeated start between operations,
   * one stop. It is never split into several, and never interleaved with another transaction on the same bus.
   *
   * @returns one array for each read, in order, each exactly as long as was asked for
   * @throws I2cError for everything that can go wrong on the bus or in the controller; a promise rejects with it
   */
  transaction(address: number, operations: readonly I2cOperation[]): Answer;

  /** Releases the controller. Closing twice is legal; a transaction afterwards throws an I2cError. */
  close(): void;
}

/** A source of I2C buses: they answer at once where nothing else is said. */
export interface I2cBackend<Answer extends I2cAnswer = Uint8Array[]> {
  /** Shown to people: "Linux i2c-dev", "simulator". */
  readonly name: string;

  /**
   * Whether transactions on its buses may give promises, because the bus is behind a thread, a network or another driver. A
   * driver can wait for them; a bus that answers at once costs several times less, so it does not say this.
   */
  readonly answersLater?: boolean;

  /**
   * Opens a bus; `undefined` where this backend has none of that name, so that the next backend is asked.
   *
   * @param use the targets that it is opened for, which a backend may lock, so that two processes do not use one; where
   *   it is left out, nothing is locked
   * @throws BackendError when the bus exists but cannot be used: no permission, a missing module; or when a target is
   *   used by somebody else, naming that
   */
  openI2c(bus: I2cBusName, use?: I2cUse): I2cBus<Answer> | undefined;
}

/** What a bus is opened for. */
export interface I2cUse {
  /** The device's name in the board file. */
  readonly device: string;
  /** The 7-bit addresses of the targets: one, or all of a part that has several. */
  readonly addresses: readonly number[];
}
