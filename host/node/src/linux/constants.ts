/**
 * Numbers of the Linux user-space API, named as in `linux/i2c.h` and `linux/i2c-dev.h` (Linux 6.1). They are the same
 * on every architecture: the I2C requests are plain numbers, without the size and direction bits of `_IOR`.
 */

/** Message flag: read from the target. Without it a message writes. */
export const I2C_M_RD = 0x0001;

/** Takes an `unsigned long`: the 7-bit address for later calls. EBUSY when a kernel driver is bound to it. */
export const I2C_SLAVE = 0x0703;
/** Takes a pointer to an `unsigned long`: receives the adapter's functionality, `I2C_FUNC_...` bits. */
export const I2C_FUNCS = 0x0705;
/** Takes a pointer to `struct i2c_rdwr_ioctl_data`: a combined transaction with one stop. */
export const I2C_RDWR = 0x0707;
/** Takes a pointer to `struct i2c_smbus_ioctl_data`: one SMBus operation. */
export const I2C_SMBUS = 0x0720;

/** The most messages in one `I2C_RDWR`; i2c-dev answers EINVAL to more. */
export const I2C_RDWR_IOCTL_MAX_MSGS = 42;
/**
 * The most bytes in one message of an `I2C_RDWR`; i2c-dev answers EINVAL to more. The kernel has no name for it: it is
 * a literal in `i2cdev_ioctl_rdwr`, drivers/i2c/i2c-dev.c.
 */
export const I2C_RDWR_MAX_MESSAGE_LENGTH = 8192;
/** The most data bytes in one SMBus block, the command byte not counted. */
export const I2C_SMBUS_BLOCK_MAX = 32;

/** Direction of an SMBus operation: from the target. */
export const I2C_SMBUS_READ = 1;
/** Direction of an SMBus operation: to the target. */
export const I2C_SMBUS_WRITE = 0;
/** SMBus operation: the address byte alone. */
export const I2C_SMBUS_QUICK = 0;
/** SMBus operation: one byte without a command, "send byte" and "receive byte". */
export const I2C_SMBUS_BYTE = 1;

/** The adapter takes any list of I2C messages: `I2C_RDWR` works. */
export const I2C_FUNC_I2C = 0x0000_0001;
/** SMBus quick command. */
export const I2C_FUNC_SMBUS_QUICK = 0x0001_0000;
/** SMBus receive byte. */
export const I2C_FUNC_SMBUS_READ_BYTE = 0x0002_0000;
/** SMBus send byte. */
export const I2C_FUNC_SMBUS_WRITE_BYTE = 0x0004_0000;
/** SMBus read byte. */
export const I2C_FUNC_SMBUS_READ_BYTE_DATA = 0x0008_0000;
/** SMBus write byte. */
export const I2C_FUNC_SMBUS_WRITE_BYTE_DATA = 0x0010_0000;
/** SMBus read word. */
export const I2C_FUNC_SMBUS_READ_WORD_DATA = 0x0020_0000;
/** SMBus write word. */
export const I2C_FUNC_SMBUS_WRITE_WORD_DATA = 0x0040_0000;
/** A block read after a one-byte command, without SMBus's count byte. */
export const I2C_FUNC_SMBUS_READ_I2C_BLOCK = 0x0400_0000;
/** A block write after a one-byte command, without SMBus's count byte. */
export const I2C_FUNC_SMBUS_WRITE_I2C_BLOCK = 0x0800_0000;
