use super::{SystemFiles, is_container};
use crate::finding::Remedy;

/// Bits of a file's mode: its group may read and write.
const GROUP_READ_WRITE: u32 = 0o060;

/// Gives every device file of a subsystem to a group, and the person to that group.
fn udev_rule(group: &str, subsystem: &str) -> String {
    format!(
        "sudo groupadd -f -r {group} && sudo usermod -aG {group} $USER \
         && echo 'SUBSYSTEM==\"{subsystem}\", GROUP=\"{group}\", MODE=\"0660\"' | sudo tee /etc/udev/rules.d/60-{group}.rules \
         && sudo udevadm control --reload && sudo udevadm trigger --subsystem-match={subsystem}  # then log in again"
    )
}

/// The device file is there, but this user may not open it. Where no group has it, files of the subsystem are given to a group of this
/// name.
pub(in crate::bus) fn no_permission(path: &str, files: &dyn SystemFiles, (group, subsystem): (&str, &str)) -> Remedy {
    let what = format!("this user may not open {path}");
    // A group other than root that may read and write: the distribution has a rule already, only membership lacks.
    let member_of = files
        .status(path)
        .filter(|status| status.mode & GROUP_READ_WRITE == GROUP_READ_WRITE && status.group != 0)
        .and_then(|status| group_name(status.group, files));
    match member_of {
        Some(group) => Remedy::new(what, format!("sudo usermod -aG {group} $USER  # then log in again")),
        None => Remedy::new(what, udev_rule(group, subsystem)),
    }
}

/// The system itself keeps this process from the file, whoever runs it.
pub(in crate::bus) fn forbidden(path: &str, files: &dyn SystemFiles) -> Remedy {
    let what = format!("the system forbids this process to open {path}");
    if is_container(files) {
        return Remedy::new(what, format!("start the container with --device {path}"));
    }
    Remedy::new(what, "find the security module that does, with: sudo dmesg | grep -i denied")
}

/// The name of a group in /etc/group.
fn group_name(group: u32, files: &dyn SystemFiles) -> Option<String> {
    let number = group.to_string();
    let groups = files.read("/etc/group")?;
    let line = groups.lines().find(|line| line.split(':').nth(2) == Some(&number))?;
    line.split(':').next().map(str::to_owned)
}
