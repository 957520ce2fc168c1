use alloc::vec::Vec;

/// The parts of an interface name such as "wasi:i2c/i2c@0.2.0-draft".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InterfaceName<'a> {
    /// Package and interface: "wasi:i2c/i2c".
    pub path: &'a str,
    /// The version, without "@"; empty where the name has none.
    pub version: &'a str,
}

/// Splits an interface name; a plain name such as "run" has itself as the path.
pub fn parse_interface_name(name: &str) -> InterfaceName<'_> {
    let (path, version) = name.split_once('@').unwrap_or((name, ""));
    InterfaceName { path, version }
}

/// Whether an implementation of version `offered` serves an import of version `asked`: the same track, which is what
/// comes before the first number that may change without breaking anything (Component Model, Explainer.md,
/// `canonversion`: major; 0.minor; 0.0.patch; a pre-release only itself), and not older.
pub fn serves(offered: &str, asked: &str) -> bool {
    if offered == asked {
        return true;
    }
    let (Some(offer), Some(ask)) = (numbers(offered), numbers(asked)) else {
        return false;
    };
    let Some(fixed) = offer.iter().position(|number| *number != 0) else {
        return false;
    };
    offer[..=fixed] == ask[..=fixed] && offer >= ask
}

/// The three numbers of a released version; none for a pre-release, and for what is no version (semver.org, items 2 and 9).
fn numbers(version: &str) -> Option<[u64; 3]> {
    let numbers = version.split('.').map(number).collect::<Option<Vec<_>>>()?;
    numbers.try_into().ok()
}

/// A number up to 2^53 - 1, which all hosts can count, without zeros before it.
fn number(digits: &str) -> Option<u64> {
    const MOST: u64 = (1 << 53) - 1;
    let is_number = digits.bytes().all(|each| each.is_ascii_digit()) && (digits == "0" || !digits.starts_with('0'));
    digits.parse().ok().filter(|number| is_number && *number <= MOST)
}
