//! Numbers of the Linux user-space API, named as in include/uapi/linux/gpio.h (Linux 6.1, version 2 of the interface). The requests carry size
//! and direction in the bits of asm-generic/ioctl.h.

use super::structures::{CHIP_INFO_SIZE, LINE_CONFIG_SIZE, LINE_INFO_SIZE, LINE_REQUEST_SIZE, LINE_VALUES_SIZE};

/// The direction of an ioctl's data, seen from the program, where asm-generic/ioctl.h has it.
const READ: u32 = 2;
const READ_WRITE: u32 = 3;
/// The type of GPIO's requests.
const MAGIC: u32 = 0xb4;

/// `_IOC` of asm-generic/ioctl.h.
const fn request(direction: u32, number: u32, size: usize) -> u32 {
    direction << 30 | (size as u32) << 16 | MAGIC << 8 | number
}

/// Takes `struct gpiochip_info`: what a chip is.
pub(super) const GPIO_GET_CHIPINFO_IOCTL: u32 = request(READ, 0x01, CHIP_INFO_SIZE);
/// Takes `struct gpio_v2_line_info`: what a line is, and who has it.
pub(super) const GPIO_V2_GET_LINEINFO_IOCTL: u32 = request(READ_WRITE, 0x05, LINE_INFO_SIZE);
/// Takes `struct gpio_v2_line_request`: takes lines; a descriptor for them comes back. EBUSY where one is taken.
pub(super) const GPIO_V2_GET_LINE_IOCTL: u32 = request(READ_WRITE, 0x07, LINE_REQUEST_SIZE);
/// Takes `struct gpio_v2_line_config`: sets up taken lines anew.
pub(super) const GPIO_V2_LINE_SET_CONFIG_IOCTL: u32 = request(READ_WRITE, 0x0d, LINE_CONFIG_SIZE);
/// Takes `struct gpio_v2_line_values`: reads taken lines.
pub(super) const GPIO_V2_LINE_GET_VALUES_IOCTL: u32 = request(READ_WRITE, 0x0e, LINE_VALUES_SIZE);
/// Takes `struct gpio_v2_line_values`: sets taken lines. EPERM where one is an input.
pub(super) const GPIO_V2_LINE_SET_VALUES_IOCTL: u32 = request(READ_WRITE, 0x0f, LINE_VALUES_SIZE);

/// `enum gpio_v2_line_flag`.
pub(super) const GPIO_V2_LINE_FLAG_INPUT: u64 = 1 << 2;
pub(super) const GPIO_V2_LINE_FLAG_OUTPUT: u64 = 1 << 3;
pub(super) const GPIO_V2_LINE_FLAG_EDGE_RISING: u64 = 1 << 4;
pub(super) const GPIO_V2_LINE_FLAG_EDGE_FALLING: u64 = 1 << 5;
pub(super) const GPIO_V2_LINE_FLAG_BIAS_PULL_UP: u64 = 1 << 8;
pub(super) const GPIO_V2_LINE_FLAG_BIAS_PULL_DOWN: u64 = 1 << 9;

/// `enum gpio_v2_line_attr_id`: the levels of outputs.
pub(super) const GPIO_V2_LINE_ATTR_ID_OUTPUT_VALUES: u32 = 2;
/// `enum gpio_v2_line_attr_id`: how long an input has to keep a level, in microseconds.
pub(super) const GPIO_V2_LINE_ATTR_ID_DEBOUNCE: u32 = 3;

/// `enum gpio_v2_line_event_id`: the line became high.
pub(super) const GPIO_V2_LINE_EVENT_RISING_EDGE: u32 = 1;

/// Bytes of a name, with the 0 at its end.
pub(super) const GPIO_MAX_NAME_SIZE: usize = 32;
