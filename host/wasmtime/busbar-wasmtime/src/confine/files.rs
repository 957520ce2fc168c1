use super::paths::Need;
use landlock::{
    ABI, Access, AccessFs, AccessNet, BitFlags, CompatLevel, Compatible, LandlockStatus, PathBeneath, PathFd,
    RestrictionStatus, Ruleset, RulesetAttr, RulesetCreatedAttr, RulesetError, RulesetStatus, Scope,
};
use std::path::PathBuf;

/// What is asked of the kernel; one that knows less does what it can (files since 5.13, TCP since 6.7, devices since 6.10,
/// abstract sockets and signals since 6.12).
const ASKED: ABI = ABI::V6;

/// Lets this thread, and those that it starts, have only these paths and no network, by Landlock (landlock(7)).
///
/// # Errors
///
/// Why not: the rest of a sentence.
pub fn confine(paths: &[(PathBuf, Need)]) -> Result<(), String> {
    let status = restrict(paths).map_err(|error| format!("Landlock refused its rules ({error})"))?;
    match (status.landlock, status.ruleset) {
        (LandlockStatus::NotEnabled, _) => {
            Err("Landlock is switched off (\"lsm=\" of the kernel's command line)".to_owned())
        }
        (LandlockStatus::NotImplemented, _) => Err("this kernel has no Landlock (5.13 or newer)".to_owned()),
        (_, RulesetStatus::NotEnforced) => Err("Landlock does not hold".to_owned()),
        _ => Ok(()),
    }
}

fn restrict(paths: &[(PathBuf, Need)]) -> Result<RestrictionStatus, RulesetError> {
    let mut ruleset = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(ASKED))?
        .handle_access(AccessNet::from_all(ASKED))?
        .scope(Scope::from_all(ASKED))?
        .create()?;
    for (path, need) in paths {
        // What is not there cannot be had either.
        let Ok(file) = PathFd::new(path) else { continue };
        ruleset = ruleset.add_rule(PathBeneath::new(file, access(*need)))?;
    }
    ruleset.restrict_self()
}

fn access(need: Need) -> BitFlags<AccessFs> {
    match need {
        Need::Read => AccessFs::ReadFile | AccessFs::ReadDir,
        Need::Device => AccessFs::ReadFile | AccessFs::WriteFile | AccessFs::IoctlDev,
        Need::Folder => {
            AccessFs::from_all(ASKED)
                & !(AccessFs::Execute
                    | AccessFs::IoctlDev
                    | AccessFs::MakeSym
                    | AccessFs::MakeChar
                    | AccessFs::MakeBlock
                    | AccessFs::MakeSock
                    | AccessFs::MakeFifo)
        }
        Need::Keep => {
            AccessFs::ReadFile | AccessFs::WriteFile | AccessFs::Truncate | AccessFs::MakeReg | AccessFs::RemoveFile
        }
    }
}
