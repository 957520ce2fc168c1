mod backend;
mod machine;
mod verdicts;
