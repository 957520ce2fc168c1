//! Numbers of the Linux user-space API, named as in `include/uapi/linux/i2c.h` and `include/uapi/linux/i2c-dev.h`
//! (Linux 6.1). They are the same on every architecture: the I2C requests are plain numbers, without the size and
//! direction bits of `_IOR`.

/// Message flag: read from the target. Without it a message writes.
pub(super) const I2C_M_RD: u16 = 0x0001;

/// Takes an `unsigned long`: the 7-bit address for later calls. EBUSY when a kernel driver is bound to it.
pub(super) const I2C_SLAVE: u16 = 0x0703;
/// Takes a pointer to an `unsigned long`: receives the adapter's functionality, `I2C_FUNC_...` bits.
pub(super) const I2C_FUNCS: u16 = 0x0705;
/// Takes a pointer to `struct i2c_rdwr_ioctl_data`: a combined transaction with one stop.
pub(super) const I2C_RDWR: u16 = 0x0707;
/// Takes a pointer to `struct i2c_smbus_ioctl_data`: one SMBus operation.
pub(super) const I2C_SMBUS: u16 = 0x0720;

/// The most messages in one `I2C_RDWR`; i2c-dev answers EINVAL to more.
pub(super) const I2C_RDWR_IOCTL_MAX_MSGS: usize = 42;
/// The most bytes in one message of an `I2C_RDWR`; i2c-dev answers EINVAL to more. The kernel has no name for it: it is
/// a literal in `i2cdev_ioctl_rdwr`, drivers/i2c/i2c-dev.c.
pub(super) const I2C_RDWR_MAX_MESSAGE_LENGTH: usize = 8192;
/// The most data bytes in one SMBus block, the command byte not counted.
pub(super) const I2C_SMBUS_BLOCK_MAX: usize = 32;

/// Direction of an SMBus operation: from the target.
pub(super) const I2C_SMBUS_READ: u8 = 1;
/// Direction of an SMBus operation: to the target.
pub(super) const I2C_SMBUS_WRITE: u8 = 0;
/// SMBus operation: the address byte alone.
pub(super) const I2C_SMBUS_QUICK: u32 = 0;
/// SMBus operation: one byte without a command, "send byte" and "receive byte".
pub(super) const I2C_SMBUS_BYTE: u32 = 1;
/// SMBus operation: a command and one byte.
pub(super) const I2C_SMBUS_BYTE_DATA: u32 = 2;
/// SMBus operation: a command and two bytes.
pub(super) const I2C_SMBUS_WORD_DATA: u32 = 3;
/// A command and a block without SMBus's count byte. (6 is `I2C_SMBUS_I2C_BLOCK_BROKEN`, whose reads are always 32
/// bytes long.)
pub(super) const I2C_SMBUS_I2C_BLOCK_DATA: u32 = 8;

/// The adapter takes any list of I2C messages: `I2C_RDWR` works.
pub(super) const I2C_FUNC_I2C: u32 = 0x0000_0001;
/// SMBus quick command.
pub(super) const I2C_FUNC_SMBUS_QUICK: u32 = 0x0001_0000;
/// SMBus receive byte.
pub(super) const I2C_FUNC_SMBUS_READ_BYTE: u32 = 0x0002_0000;
/// SMBus send byte.
pub(super) const I2C_FUNC_SMBUS_WRITE_BYTE: u32 = 0x0004_0000;
/// SMBus read byte.
pub(super) const I2C_FUNC_SMBUS_READ_BYTE_DATA: u32 = 0x0008_0000;
/// SMBus write byte.
pub(super) const I2C_FUNC_SMBUS_WRITE_BYTE_DATA: u32 = 0x0010_0000;
/// SMBus read word.
pub(super) const I2C_FUNC_SMBUS_READ_WORD_DATA: u32 = 0x0020_0000;
/// SMBus write word.
pub(super) const I2C_FUNC_SMBUS_WRITE_WORD_DATA: u32 = 0x0040_0000;
/// A block read after a one-byte command, without SMBus's count byte.
pub(super) const I2C_FUNC_SMBUS_READ_I2C_BLOCK: u32 = 0x0400_0000;
/// A block write after a one-byte command, without SMBus's count byte.
pub(super) const I2C_FUNC_SMBUS_WRITE_I2C_BLOCK: u32 = 0x0800_0000;
/// The `I2C_FUNC_SMBUS_...` bits that stand for operations, from quick command to I2C block write.
pub(super) const ANY_SMBUS_OPERATION: u32 = 0x0fff_0000;
