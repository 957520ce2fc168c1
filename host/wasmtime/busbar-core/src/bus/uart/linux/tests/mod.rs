mod backend;
mod diagnose;
mod machine;
mod pty;
mod verdicts;
