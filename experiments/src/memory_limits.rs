//! What the system lets this process have of the machine's memory: batch jobs and containers get a part of it.

use std::fs;
use std::path::Path;

use crate::memory::kib;

/// Reads a file; `None` where there is none.
type Read<'a> = &'a dyn Fn(&Path) -> Option<String>;

/// Bytes that this process may still take by its limits; `None` where it has none.
pub fn left() -> Option<u64> {
    let read: Read = &|path| fs::read_to_string(path).ok();
    left_by(read)
}

fn left_by(read: Read) -> Option<u64> {
    let groups = read(Path::new("/proc/self/cgroup")).unwrap_or_default();
    let of_groups = groups.lines().filter_map(|line| of_group(line, read));
    of_groups.chain(of_address_space(read)).min()
}

/// The files of a control group's memory, by the version of control groups.
struct Files {
    root: &'static str,
    limit: &'static str,
    used: &'static str,
    /// In `memory.stat`: files that are kept only while nobody needs the memory.
    reclaimable: &'static str,
}

const VERSION_1: Files = Files {
    root: "/sys/fs/cgroup/memory",
    limit: "memory.limit_in_bytes",
    used: "memory.usage_in_bytes",
    reclaimable: "total_inactive_file ",
};

const VERSION_2: Files = Files {
    root: "/sys/fs/cgroup",
    limit: "memory.max",
    used: "memory.current",
    reclaimable: "inactive_file ",
};

/// What is left to a group of `/proc/self/cgroup` (`4:memory:/batch/job`, `0::/batch/job`) and to those that it is in. In
/// a container, where its path does not lead anywhere, its files are at the root.
fn of_group(line: &str, read: Read) -> Option<u64> {
    let mut parts = line.splitn(3, ':');
    let (_, controllers, path) = (parts.next()?, parts.next()?, parts.next()?);
    let files = match controllers {
        "" => VERSION_2,
        _ if controllers.split(',').any(|controller| controller == "memory") => VERSION_1,
        _ => return None,
    };
    let root = Path::new(files.root);
    let own = root.join(path.trim_start_matches('/'));
    let groups = own.ancestors().take_while(|group| group.starts_with(root));
    groups.filter_map(|group| files.left(group, read)).min()
}

impl Files {
    fn left(&self, group: &Path, read: Read) -> Option<u64> {
        let number = |name| read(&group.join(name))?.trim().parse::<u64>().ok();
        let (limit, used) = (number(self.limit)?, number(self.used)?);
        let stat = read(&group.join("memory.stat")).unwrap_or_default();
        let reclaimable = stat.lines().find_map(|line| line.strip_prefix(self.reclaimable));
        let reclaimable = reclaimable
            .and_then(|bytes| bytes.trim().parse().ok())
            .unwrap_or(0);
        Some(limit.saturating_sub(used.saturating_sub(reclaimable)))
    }
}

/// What is left of the address space that `ulimit -v` allows.
fn of_address_space(read: Read) -> Option<u64> {
    let limits = read(Path::new("/proc/self/limits"))?;
    let line = limits
        .lines()
        .find_map(|line| line.strip_prefix("Max address space"))?;
    let limit: u64 = line.split_whitespace().next()?.parse().ok()?;
    let used = kib(&read(Path::new("/proc/self/status"))?, "VmSize:")?;
    Some(limit.saturating_sub(used))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left_with(files: &[(&str, &str)]) -> Option<u64> {
        left_by(&|path| {
            let found = files.iter().find(|(name, _)| Path::new(name) == path);
            found.map(|(_, text)| (*text).to_owned())
        })
    }

    #[test]
    fn without_limits_there_is_none() {
        assert_eq!(left_with(&[]), None);
        let files = [
            ("/proc/self/cgroup", "0::/job\n"),
            ("/sys/fs/cgroup/job/memory.max", "max\n"),
            ("/sys/fs/cgroup/job/memory.current", "5\n"),
            (
                "/proc/self/limits",
                "Max address space         unlimited            unlimited            bytes\n",
            ),
        ];
        assert_eq!(left_with(&files), None);
    }

    #[test]
    fn a_group_has_what_it_and_those_around_it_have_left() {
        let inner = [
            ("/proc/self/cgroup", "0::/batch/job\n"),
            ("/sys/fs/cgroup/batch/job/memory.max", "1000\n"),
            ("/sys/fs/cgroup/batch/job/memory.current", "300\n"),
            (
                "/sys/fs/cgroup/batch/job/memory.stat",
                "anon 7\ninactive_file 100\n",
            ),
        ];
        assert_eq!(left_with(&inner), Some(800));
        let outer = [
            ("/sys/fs/cgroup/batch/memory.max", "5000\n"),
            ("/sys/fs/cgroup/batch/memory.current", "4500\n"),
        ];
        assert_eq!(left_with(&[&inner[..], &outer[..]].concat()), Some(500));
    }

    #[test]
    fn older_groups_have_other_files() {
        let files = [
            ("/proc/self/cgroup", "5:cpu:/job\n4:memory:/job\n0::/\n"),
            ("/sys/fs/cgroup/memory/memory.limit_in_bytes", "9000\n"),
            ("/sys/fs/cgroup/memory/memory.usage_in_bytes", "10000\n"),
            ("/sys/fs/cgroup/memory/memory.stat", "total_inactive_file 2000\n"),
        ];
        assert_eq!(left_with(&files), Some(1000));
    }

    #[test]
    fn an_address_space_has_what_is_not_used() {
        let files = [
            (
                "/proc/self/limits",
                "Max cpu time   unlimited   unlimited   seconds\nMax address space    4096000   unlimited   bytes\n",
            ),
            ("/proc/self/status", "Name:\tx\nVmSize:\t    2000 kB\n"),
        ];
        assert_eq!(left_with(&files), Some(4_096_000 - 2_048_000));
    }
}
