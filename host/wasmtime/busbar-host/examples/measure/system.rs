use super::Failure;
use std::fs::{read_dir, read_to_string};
use std::path::Path;

// /proc/PID/stat counts in hundredths of a second; schedstat of the threads in nanoseconds.

/// What this process has taken of processors, all its threads together, in microseconds.
pub fn processor_us() -> Result<f64, Failure> {
    let mut sum = 0.0;
    for task in read_dir("/proc/self/task")? {
        sum += of_task(&task?.path())?;
    }
    Ok(sum)
}

/// What this thread has taken, in microseconds.
pub fn thread_us() -> Result<f64, Failure> {
    of_task(Path::new("/proc/thread-self"))
}

fn of_task(folder: &Path) -> Result<f64, Failure> {
    let text = read_to_string(folder.join("schedstat"))?;
    let run = text.split_whitespace().next().ok_or("schedstat is empty")?;
    Ok(run.parse::<f64>()? / 1e3)
}

/// A line of /proc/self/status that is in KiB: "VmHWM" for the most that was resident.
pub fn status_kib(name: &str) -> Result<f64, Failure> {
    kib("/proc/self/status", name)
}

/// What this process has resident, in KiB, with a page that is mapped several times counted once: proc_pid_smaps(5).
pub fn proportional_kib() -> Result<f64, Failure> {
    kib("/proc/self/smaps_rollup", "Pss")
}

fn kib(file: &str, name: &str) -> Result<f64, Failure> {
    let text = read_to_string(file)?;
    let mut lines = text.lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    let line = lines.next().ok_or_else(|| format!("{file} has no {name}"))?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}
