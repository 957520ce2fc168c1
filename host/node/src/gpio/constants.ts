/**
 * Numbers of the Linux user-space API, named as in `linux/gpio.h` (Linux 6.1, version 2 of the interface). The requests carry size and
 * direction in the bits of asm-generic/ioctl.h, which hold for every architecture that Node has binaries for but PowerPC.
 */

/** _IOR(0xB4, 0x01, struct gpiochip_info): what a chip is. */
export const GPIO_GET_CHIPINFO_IOCTL = 0x8044_b401;
/** _IOWR(0xB4, 0x05, struct gpio_v2_line_info): what a line is, and who has it. */
export const GPIO_V2_GET_LINEINFO_IOCTL = 0xc100_b405;
/** _IOWR(0xB4, 0x07, struct gpio_v2_line_request): takes lines; a descriptor for them comes back. EBUSY where one is taken. */
export const GPIO_V2_GET_LINE_IOCTL = 0xc250_b407;
/** _IOWR(0xB4, 0x0D, struct gpio_v2_line_config): sets up taken lines anew. */
export const GPIO_V2_LINE_SET_CONFIG_IOCTL = 0xc110_b40d;
/** _IOWR(0xB4, 0x0E, struct gpio_v2_line_values): reads taken lines. */
export const GPIO_V2_LINE_GET_VALUES_IOCTL = 0xc010_b40e;
/** _IOWR(0xB4, 0x0F, struct gpio_v2_line_values): sets taken lines. EPERM where one is an input. */
export const GPIO_V2_LINE_SET_VALUES_IOCTL = 0xc010_b40f;

/** enum gpio_v2_line_flag. */
export const GPIO_V2_LINE_FLAG_INPUT = 1 << 2;
export const GPIO_V2_LINE_FLAG_OUTPUT = 1 << 3;
export const GPIO_V2_LINE_FLAG_EDGE_RISING = 1 << 4;
export const GPIO_V2_LINE_FLAG_EDGE_FALLING = 1 << 5;
export const GPIO_V2_LINE_FLAG_BIAS_PULL_UP = 1 << 8;
export const GPIO_V2_LINE_FLAG_BIAS_PULL_DOWN = 1 << 9;

/** enum gpio_v2_line_attr_id: the levels of outputs. */
export const GPIO_V2_LINE_ATTR_ID_OUTPUT_VALUES = 2;
/** enum gpio_v2_line_attr_id: how long an input has to keep a level, in microseconds. */
export const GPIO_V2_LINE_ATTR_ID_DEBOUNCE = 3;

/** enum gpio_v2_line_event_id: the line became high. */
export const GPIO_V2_LINE_EVENT_RISING_EDGE = 1;

/** Bytes of a name, with the 0 at its end. */
export const GPIO_MAX_NAME_SIZE = 32;
