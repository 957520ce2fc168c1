//! What a driver tells of a disk, and what it reads, so far as that makes sense.

use super::DeviceError;
use super::answer::require_answer;

/// In bytes; more than any disk has in one.
const LARGEST_BLOCK: u32 = 16 * 1024 * 1024;
/// In bytes, 2^53 - 1: what all hosts can count.
const LARGEST_DISK: u64 = (1 << 53) - 1;

/// Checks what a driver tells of a disk: bytes of a block, how many blocks, and how many of them can be read at once.
pub fn require_disk(
    name: &str,
    block_size: u32,
    block_count: u64,
    maximum_transfer_blocks: u32,
) -> Result<(), DeviceError> {
    require_answer(name, (1..=LARGEST_BLOCK).contains(&block_size), || {
        format!("says that a block has {block_size} bytes, and one has 1 to {LARGEST_BLOCK}")
    })?;
    let bytes = block_count.checked_mul(block_size.into());
    require_answer(name, bytes.is_some_and(|bytes| bytes <= LARGEST_DISK), || {
        format!("says that there are {block_count} blocks, which no disk has")
    })?;
    require_answer(name, maximum_transfer_blocks > 0, || "says that no block can be read or written".to_owned())
}

/// Checks that so many bytes are so many blocks.
pub fn require_blocks(name: &str, length: usize, count: u32) -> Result<(), DeviceError> {
    let is_blocks = match count as usize {
        0 => length == 0,
        count => length > 0 && length.is_multiple_of(count),
    };
    require_answer(name, is_blocks, || format!("gives {length} bytes for {count} blocks"))
}

#[cfg(test)]
mod tests {
    use super::{require_blocks, require_disk};

    fn judged(block_size: u32, block_count: u64, maximum_transfer_blocks: u32) -> Option<String> {
        require_disk("stick", block_size, block_count, maximum_transfer_blocks).err().map(|error| error.message)
    }

    #[test]
    fn a_disk_has_to_make_sense() {
        let own = |rest: &str| Some(format!("the driver {rest}; its author has to mend that"));
        assert_eq!(judged(512, (1 << 44) - 1, 1), None);
        assert_eq!(judged(0, 1, 1), own("says that a block has 0 bytes, and one has 1 to 16777216"));
        assert_eq!(judged(16_777_217, 1, 1), own("says that a block has 16777217 bytes, and one has 1 to 16777216"));
        assert_eq!(judged(512, 1 << 44, 1), own("says that there are 17592186044416 blocks, which no disk has"));
        assert_eq!(judged(512, u64::MAX, 1), own("says that there are 18446744073709551615 blocks, which no disk has"));
        assert_eq!(judged(512, 1, 0), own("says that no block can be read or written"));
    }

    #[test]
    fn what_is_read_is_whole_blocks() {
        let judged = |length, count| require_blocks("stick", length, count).err().map(|error| error.message);
        assert_eq!([judged(1024, 2), judged(0, 0)], [None, None]);
        let own = |rest: &str| Some(format!("the driver {rest}; its author has to mend that"));
        assert_eq!(judged(1023, 2), own("gives 1023 bytes for 2 blocks"));
        assert_eq!(judged(0, 2), own("gives 0 bytes for 2 blocks"));
        assert_eq!(judged(512, 0), own("gives 512 bytes for 0 blocks"));
    }
}
