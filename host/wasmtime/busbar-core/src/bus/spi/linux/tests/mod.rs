mod backend;
mod diagnose;
mod machine;
mod message;
mod verdicts;
