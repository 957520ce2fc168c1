/**
 * Numbers of the Linux user-space API, named as in `linux/spi/spi.h` and `linux/spi/spidev.h` (Linux 6.1), built as in
 * `asm-generic/ioctl.h`, which holds for every architecture that koffi runs on.
 */

/** The direction of an ioctl's data: `_IOC_WRITE` and `_IOC_READ`, seen from the program. */
const WRITE = 1;
const READ = 2;
/** `SPI_IOC_MAGIC`: "k". */
const MAGIC = 0x6b;

const request = (direction: number, number: number, size: number): number =>
  ((direction << 30) | (size << 16) | (MAGIC << 8) | number) >>> 0;

/** Clock phase: the second edge of the clock samples. */
export const SPI_CPHA = 0x01;
/** Clock polarity: the clock rests high. */
export const SPI_CPOL = 0x02;
/** Each byte's least significant bit is first on the wire. */
export const SPI_LSB_FIRST = 0x08;

/** Takes a pointer to a `__u32`: receives the device's mode bits. */
export const SPI_IOC_RD_MODE32 = request(READ, 5, 4);
/** Takes a pointer to a `__u32`: all mode bits anew. EINVAL when the controller lacks one. */
export const SPI_IOC_WR_MODE32 = request(WRITE, 5, 4);

/** The size of `struct spi_ioc_transfer`, the same in 32 and 64 bits. */
export const SPI_IOC_TRANSFER_SIZE = 32;
/** The most transfers of one message: a size has 14 bits, `_IOC_SIZEBITS`. */
export const MOST_TRANSFERS = 511;

/** `SPI_IOC_MESSAGE(count)`: takes a pointer to so many `struct spi_ioc_transfer`, and runs them with chip select asserted. */
export const SPI_IOC_MESSAGE = (count: number): number => request(WRITE, 0, count * SPI_IOC_TRANSFER_SIZE);
