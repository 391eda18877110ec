//! Memory of the machine and of a simulation.

use std::fs;

use crate::memory_limits;

/// Bytes that this process could take without swapping, and that its limits leave to it; `None` where the system doesn't say.
pub fn available() -> Option<u64> {
    let meminfo = fs::read_to_string("/proc/meminfo").ok();
    let free = meminfo.and_then(|meminfo| parse_available(&meminfo));
    free.into_iter().chain(memory_limits::left()).min()
}

/// `MemAvailable` of Linux' `/proc/meminfo`, which counts in KiB.
fn parse_available(meminfo: &str) -> Option<u64> {
    kib(meminfo, "MemAvailable:")
}

/// Bytes of memory that this process has; `None` where the system doesn't say.
pub fn resident() -> Option<u64> {
    parse_resident(&fs::read_to_string("/proc/self/status").ok()?)
}

/// `VmRSS` of Linux' `/proc/self/status`, which counts in KiB.
fn parse_resident(status: &str) -> Option<u64> {
    kib(status, "VmRSS:")
}

/// A line of a file of Linux that names a size in KiB, in bytes.
pub fn kib(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kib.checked_mul(1024)
}

/// A size in the largest decimal unit below it, to three digits or so: `1.2 GB`.
pub fn in_words(bytes: u64) -> String {
    const UNITS: [(u64, &str); 4] = [
        (1_000_000_000_000, "TB"),
        (1_000_000_000, "GB"),
        (1_000_000, "MB"),
        (1_000, "kB"),
    ];
    match UNITS.iter().find(|(size, _)| bytes >= *size) {
        Some((size, unit)) => format!("{:.1} {unit}", bytes as f64 / *size as f64),
        None => format!("{bytes} B"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn available_memory_is_read_in_kib() {
        let meminfo = "MemTotal:       24683520 kB\nMemAvailable:       2048 kB\nBuffers: 1 kB\n";
        assert_eq!(parse_available(meminfo), Some(2 * 1024 * 1024));
        assert_eq!(parse_available("MemTotal: 1 kB\n"), None);
        assert_eq!(parse_available("MemAvailable: many\n"), None);
    }

    #[test]
    fn resident_memory_is_read_in_kib() {
        assert_eq!(
            parse_resident("Name:\tx\nVmRSS:\t    2048 kB\n"),
            Some(2 * 1024 * 1024)
        );
        assert_eq!(parse_resident("VmHWM:\t 1 kB\n"), None);
    }

    #[test]
    fn sizes_have_decimal_units() {
        let words = [0, 999, 1_500, 43_000_000, 1_200_000_000].map(in_words);
        assert_eq!(words, ["0 B", "999 B", "1.5 kB", "43.0 MB", "1.2 GB"]);
    }
}
