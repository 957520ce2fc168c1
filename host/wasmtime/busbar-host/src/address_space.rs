//! How many addresses a process may have, which decides what the memories of its guests reserve. There is a test for it in
//! host/node/src/address-space.ts too, whose engine cannot choose.

use crate::engine::Addresses;
use std::fs;

const KIB: u64 = 1024;
const GIB: u64 = KIB * KIB * KIB;

/// What a driver takes with [`Addresses::Plenty`]: four memories (ours have three) of 4 GiB and their guards.
const PLENTY_OF_A_DRIVER: u64 = 17 * GIB;
/// What the process itself may still take.
const RESERVE: u64 = GIB;
/// No 64-bit processor that Linux runs on gives a process fewer (RISC-V's Sv39).
const LEAST_ADDRESS_BITS: u32 = 38;

/// What is asked of the process; a test gives its own.
pub trait AddressSystem {
    /// The soft limit of RLIMIT_AS, in bytes; none where there is none.
    fn limit(&self) -> Option<u64>;
    /// A file of /proc/self; none where there is none.
    fn read(&self, name: &str) -> Option<String>;
}

/// This process.
#[derive(Debug, Clone, Copy)]
pub struct ThisProcess;

impl AddressSystem for ThisProcess {
    fn limit(&self) -> Option<u64> {
        let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
        // SAFETY: it writes to the structure that it is given, which lives here.
        let known = unsafe { libc::getrlimit(libc::RLIMIT_AS, &raw mut limit) } == 0;
        (known && limit.rlim_cur != libc::RLIM_INFINITY).then_some(limit.rlim_cur)
    }

    fn read(&self, name: &str) -> Option<String> {
        fs::read_to_string(format!("/proc/self/{name}")).ok()
    }
}

/// What the memories of so many drivers at once may reserve: all that makes them quick, where there is enough of it.
pub fn addresses_for(drivers: usize, system: &impl AddressSystem) -> Addresses {
    let needed = (drivers as u64).saturating_mul(PLENTY_OF_A_DRIVER).saturating_add(RESERVE);
    let limit = system.limit().unwrap_or(u64::MAX);
    // What every kernel has need not be looked for.
    let width = if needed < 1 << (LEAST_ADDRESS_BITS - 1) { u64::MAX } else { width_of(system) };
    let space = limit.min(width);
    if space == u64::MAX || needed <= space.saturating_sub(used_by(system)) {
        Addresses::Plenty
    } else {
        Addresses::Scarce
    }
}

/// The highest mapping, the stack, is at the end of what a process can have; the kernel's own page is above it.
fn width_of(system: &impl AddressSystem) -> u64 {
    let maps = system.read("maps").unwrap_or_default();
    let ends = maps.lines().filter(|line| !line.ends_with("[vsyscall]")).filter_map(|line| {
        let (_, end) = line.split(' ').next()?.split_once('-')?;
        u64::from_str_radix(end, 16).ok()
    });
    ends.max().filter(|highest| *highest > 0).and_then(u64::checked_next_power_of_two).unwrap_or(u64::MAX)
}

/// man 5 proc, VmSize: in KiB, all addresses that are taken.
fn used_by(system: &impl AddressSystem) -> u64 {
    let status = system.read("status").unwrap_or_default();
    let size = status.lines().find_map(|line| line.strip_prefix("VmSize:")?.trim().strip_suffix(" kB")?.parse().ok());
    size.map_or(0, |kibibytes: u64| kibibytes.saturating_mul(KIB))
}

#[cfg(test)]
mod tests {
    use super::{AddressSystem, addresses_for};
    use crate::engine::Addresses;

    struct System {
        limit: Option<u64>,
        highest: &'static str,
    }

    impl AddressSystem for System {
        fn limit(&self) -> Option<u64> {
            self.limit
        }

        fn read(&self, name: &str) -> Option<String> {
            Some(match name {
                "maps" => format!(
                    "1000-2000 r-xp 0 0 0 /x\n{} rw-p 0 0 0 [stack]\nffffffffff600000-ffffffffff601000 --xp 0 0 0 [vsyscall]\n",
                    self.highest
                ),
                _ => "Name: x\nVmSize:\t  1048576 kB\n".to_owned(),
            })
        }
    }

    const WIDE: &str = "7ffc00000000-7ffc00021000";
    const NARROW: &str = "7fe9a21000-7fe9a42000";

    #[test]
    fn addresses_are_plenty_where_the_kernel_and_the_limit_give_them() {
        let wide = System { limit: None, highest: WIDE };
        assert_eq!(addresses_for(1, &wide), Addresses::Plenty);
        assert_eq!(addresses_for(2_000, &wide), Addresses::Plenty);
        assert_eq!(addresses_for(8_000, &wide), Addresses::Scarce);
    }

    #[test]
    fn addresses_are_scarce_on_a_kernel_of_39_bits_with_many_drivers() {
        let narrow = System { limit: None, highest: NARROW };
        assert_eq!(addresses_for(29, &narrow), Addresses::Plenty);
        assert_eq!(addresses_for(31, &narrow), Addresses::Scarce);
    }

    #[test]
    fn addresses_are_scarce_under_a_limit() {
        let gib = |count: u64| Some(count << 30);
        assert_eq!(addresses_for(1, &System { limit: gib(8), highest: WIDE }), Addresses::Scarce);
        assert_eq!(addresses_for(1, &System { limit: gib(18), highest: WIDE }), Addresses::Scarce);
        assert_eq!(addresses_for(1, &System { limit: gib(19), highest: WIDE }), Addresses::Plenty);
    }
}
