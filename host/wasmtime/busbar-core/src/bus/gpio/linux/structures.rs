//! The C structures of linux/gpio.h as bytes: they have no pointers, and one layout on every architecture. Reading them is total: what the
//! kernel left out is 0.

use super::constants::{
    GPIO_MAX_NAME_SIZE, GPIO_V2_LINE_ATTR_ID_DEBOUNCE, GPIO_V2_LINE_ATTR_ID_OUTPUT_VALUES,
    GPIO_V2_LINE_EVENT_RISING_EDGE, GPIO_V2_LINE_FLAG_BIAS_PULL_DOWN, GPIO_V2_LINE_FLAG_BIAS_PULL_UP,
    GPIO_V2_LINE_FLAG_EDGE_FALLING, GPIO_V2_LINE_FLAG_EDGE_RISING, GPIO_V2_LINE_FLAG_INPUT, GPIO_V2_LINE_FLAG_OUTPUT,
};
use crate::bus::gpio::{GpioDirection, GpioLevel, Pull};

/// `struct gpiochip_info`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ChipInfo {
    /// The kernel's name: "gpiochip0".
    pub(super) name: String,
    /// The driver's name for it: "pinctrl-bcm2711"; not necessarily unique.
    pub(super) label: String,
    /// How many lines it has.
    pub(super) lines: u32,
}

/// `struct gpio_v2_line_info`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LineInfo {
    /// "GPIO17"; empty where it has none. Not necessarily unique.
    pub(super) name: String,
    /// Who has it, as that says; empty where nobody does.
    pub(super) consumer: String,
}

/// `struct gpio_v2_line_config` of one line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct LineConfig {
    pub(super) direction: GpioDirection,
    pub(super) pull: Option<Pull>,
    pub(super) debounce_ms: Option<u32>,
    /// Of an output.
    pub(super) initial: GpioLevel,
    /// Whether an input tells of its edges.
    pub(super) edges: bool,
}

/// `struct gpio_v2_line_event`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct LineEvent {
    pub(super) level: GpioLevel,
    /// CLOCK_MONOTONIC.
    pub(super) timestamp_ns: u64,
}

pub(super) const CHIP_INFO_SIZE: usize = 68;
pub(super) const LINE_INFO_SIZE: usize = 256;
pub(super) const LINE_CONFIG_SIZE: usize = 272;
pub(super) const LINE_REQUEST_SIZE: usize = 592;
pub(super) const LINE_VALUES_SIZE: usize = 16;
pub(super) const LINE_EVENT_SIZE: usize = 48;

/// Edges that the kernel keeps of a line that nobody reads; then the newest of 16 stay by default. GPIO_V2_LINES_MAX times 16 is the most.
const EVENT_BUFFER_SIZE: u32 = 1024;

/// Where the offset is in `struct gpio_v2_line_info`, after name[32] and consumer[32]; and how many lines a chip has.
const AFTER_NAMES: usize = 2 * GPIO_MAX_NAME_SIZE;

impl ChipInfo {
    /// Reads `struct gpiochip_info`.
    pub(super) fn decode(bytes: &[u8; CHIP_INFO_SIZE]) -> Self {
        Self { name: text(bytes, 0), label: text(bytes, GPIO_MAX_NAME_SIZE), lines: u32_at(bytes, AFTER_NAMES) }
    }
}

impl LineInfo {
    /// The question of `GPIO_V2_GET_LINEINFO_IOCTL`: name[32], consumer[32], offset, and what the kernel fills.
    pub(super) fn encode(offset: u32) -> [u8; LINE_INFO_SIZE] {
        let mut bytes = [0; LINE_INFO_SIZE];
        put(&mut bytes, AFTER_NAMES, &offset.to_ne_bytes());
        bytes
    }

    /// Its answer.
    pub(super) fn decode(bytes: &[u8; LINE_INFO_SIZE]) -> Self {
        Self { name: text(bytes, 0), consumer: text(bytes, GPIO_MAX_NAME_SIZE) }
    }
}

impl LineConfig {
    /// `struct gpio_v2_line_config`: flags u64, num_attrs u32, padding[5], attrs[10] of id u32, padding u32, value 8 bytes, mask u64.
    pub(super) fn encode(&self) -> [u8; LINE_CONFIG_SIZE] {
        const FIRST_ATTRIBUTE: usize = 32;
        let is_input = self.direction == GpioDirection::In;
        let mut flags = if is_input { GPIO_V2_LINE_FLAG_INPUT } else { GPIO_V2_LINE_FLAG_OUTPUT };
        if is_input && self.edges {
            flags |= GPIO_V2_LINE_FLAG_EDGE_RISING | GPIO_V2_LINE_FLAG_EDGE_FALLING;
        }
        flags |= match self.pull {
            Some(Pull::Up) => GPIO_V2_LINE_FLAG_BIAS_PULL_UP,
            Some(Pull::Down) => GPIO_V2_LINE_FLAG_BIAS_PULL_DOWN,
            None => 0,
        };
        let mut bytes = [0; LINE_CONFIG_SIZE];
        put(&mut bytes, 0, &flags.to_ne_bytes());
        // One attribute at most: of an output its level, of an input its debounce.
        let mut attribute = |id: u32, value: &[u8]| {
            put(&mut bytes, 8, &1_u32.to_ne_bytes());
            put(&mut bytes, FIRST_ATTRIBUTE, &id.to_ne_bytes());
            put(&mut bytes, FIRST_ATTRIBUTE + 8, value);
            // Which of the lines it is about: the only one.
            put(&mut bytes, FIRST_ATTRIBUTE + 16, &1_u64.to_ne_bytes());
        };
        match (is_input, self.debounce_ms) {
            (false, _) => {
                attribute(
                    GPIO_V2_LINE_ATTR_ID_OUTPUT_VALUES,
                    &u64::from(self.initial == GpioLevel::High).to_ne_bytes(),
                );
            }
            // A board's are 10,000 at most.
            (true, Some(ms)) => attribute(GPIO_V2_LINE_ATTR_ID_DEBOUNCE, &ms.saturating_mul(1000).to_ne_bytes()),
            (true, None) => {}
        }
        bytes
    }

    /// `struct gpio_v2_line_request` of one line: offsets[64], consumer[32], config, num_lines, event_buffer_size, padding[5], fd.
    pub(super) fn encode_request(&self, offset: u32, consumer: &str) -> [u8; LINE_REQUEST_SIZE] {
        let mut bytes = [0; LINE_REQUEST_SIZE];
        put(&mut bytes, 0, &offset.to_ne_bytes());
        // Cut where the kernel would: it wants the 0 at the end.
        let consumer = &consumer[..consumer.floor_char_boundary(GPIO_MAX_NAME_SIZE - 1)];
        put(&mut bytes, 256, consumer.as_bytes());
        put(&mut bytes, 288, &self.encode());
        put(&mut bytes, 560, &1_u32.to_ne_bytes());
        // An output may become an input later; the kernel makes the buffer when it first looks for edges.
        put(&mut bytes, 564, &EVENT_BUFFER_SIZE.to_ne_bytes());
        bytes
    }
}

/// The descriptor that the kernel put into a request.
pub(super) fn descriptor_of(request: &[u8; LINE_REQUEST_SIZE]) -> i32 {
    i32::from_ne_bytes(field(request, 588))
}

/// `struct gpio_v2_line_values`: bits u64, and mask u64 of the only line.
pub(super) fn encode_values(level: GpioLevel) -> [u8; LINE_VALUES_SIZE] {
    let mut bytes = [0; LINE_VALUES_SIZE];
    put(&mut bytes, 0, &u64::from(level == GpioLevel::High).to_ne_bytes());
    put(&mut bytes, 8, &1_u64.to_ne_bytes());
    bytes
}

/// The level of the only line.
pub(super) fn decode_values(bytes: &[u8; LINE_VALUES_SIZE]) -> GpioLevel {
    if u64::from_ne_bytes(field(bytes, 0)) & 1 == 1 { GpioLevel::High } else { GpioLevel::Low }
}

/// Events one after the other: timestamp_ns u64, id u32, and 36 bytes that say nothing of one line by itself. Half of one is none.
pub(super) fn decode_events(bytes: &[u8]) -> Vec<LineEvent> {
    let event = |bytes: &[u8]| {
        let is_rising = u32_at(bytes, 8) == GPIO_V2_LINE_EVENT_RISING_EDGE;
        let level = if is_rising { GpioLevel::High } else { GpioLevel::Low };
        LineEvent { level, timestamp_ns: u64::from_ne_bytes(field(bytes, 0)) }
    };
    bytes.chunks_exact(LINE_EVENT_SIZE).map(event).collect()
}

/// `value` lies within `bytes`: all places are those of the structures.
fn put(bytes: &mut [u8], at: usize, value: &[u8]) {
    bytes[at..at + value.len()].copy_from_slice(value);
}

fn field<const LENGTH: usize>(bytes: &[u8], at: usize) -> [u8; LENGTH] {
    std::array::from_fn(|index| bytes.get(at + index).copied().unwrap_or_default())
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_ne_bytes(field(bytes, at))
}

/// A text with a 0 at its end.
fn text(bytes: &[u8], at: usize) -> String {
    let field: [u8; GPIO_MAX_NAME_SIZE] = field(bytes, at);
    let text = field.split(|byte| *byte == 0).next().unwrap_or_default();
    String::from_utf8_lossy(text).into_owned()
}
