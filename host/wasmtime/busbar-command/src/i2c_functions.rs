/// The bits of an adapter's functionality, linux/i2c.h, as i2cdetect -F lists them; names without `I2C_FUNC_`.
const BITS: [(u32, &str); 20] = [
    (0x0000_0001, "I2C"),
    (0x0000_0002, "10BIT_ADDR"),
    (0x0000_0004, "PROTOCOL_MANGLING"),
    (0x0000_0008, "SMBUS_PEC"),
    (0x0000_0010, "NOSTART"),
    (0x0000_0020, "SLAVE"),
    (0x0000_8000, "SMBUS_BLOCK_PROC_CALL"),
    (0x0001_0000, "SMBUS_QUICK"),
    (0x0002_0000, "SMBUS_READ_BYTE"),
    (0x0004_0000, "SMBUS_WRITE_BYTE"),
    (0x0008_0000, "SMBUS_READ_BYTE_DATA"),
    (0x0010_0000, "SMBUS_WRITE_BYTE_DATA"),
    (0x0020_0000, "SMBUS_READ_WORD_DATA"),
    (0x0040_0000, "SMBUS_WRITE_WORD_DATA"),
    (0x0080_0000, "SMBUS_PROC_CALL"),
    (0x0100_0000, "SMBUS_READ_BLOCK_DATA"),
    (0x0200_0000, "SMBUS_WRITE_BLOCK_DATA"),
    (0x0400_0000, "SMBUS_READ_I2C_BLOCK"),
    (0x0800_0000, "SMBUS_WRITE_I2C_BLOCK"),
    (0x1000_0000, "SMBUS_HOST_NOTIFY"),
];

/// Any I2C transaction.
const I2C: u32 = 1;

/// The names of the bits that are set: "I2C", "SMBUS_QUICK".
pub fn function_names(functionality: u32) -> Vec<&'static str> {
    BITS.iter().filter(|(bit, _)| functionality & bit != 0).map(|(_, name)| *name).collect()
}

/// The operations in short, reading and writing together: "I2C; SMBus quick, byte, byte data".
pub fn describe_functions(functionality: u32) -> String {
    let mut operations: Vec<String> = Vec::new();
    for name in function_names(functionality) {
        let Some(operation) =
            name.strip_prefix("SMBUS_").filter(|rest| !rest.starts_with("PEC") && !rest.starts_with("HOST"))
        else {
            continue;
        };
        let operation =
            operation.strip_prefix("READ_").or_else(|| operation.strip_prefix("WRITE_")).unwrap_or(operation);
        let operation = operation.replace('_', " ").to_lowercase().replace("i2c", "I2C");
        if !operations.contains(&operation) {
            operations.push(operation);
        }
    }
    let mut parts = Vec::new();
    if functionality & I2C != 0 {
        parts.push("I2C".to_owned());
    }
    if !operations.is_empty() {
        parts.push(format!("SMBus {}", operations.join(", ")));
    }
    parts.join("; ")
}

#[cfg(test)]
mod tests {
    use super::{describe_functions, function_names};

    #[test]
    fn reading_and_writing_are_one_operation() {
        assert_eq!(describe_functions(0x1f_0001 | 0x8), "I2C; SMBus quick, byte, byte data");
        assert_eq!(describe_functions(0x1), "I2C");
        assert_eq!(describe_functions(0x0c00_0000), "SMBus I2C block");
        assert_eq!(function_names(0x9), ["I2C", "SMBUS_PEC"]);
    }
}
