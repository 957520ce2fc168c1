//! The backend on machines without hardware, as host/node/test has them. On real adapters of a kernel:
//! tools/lab/hardware/native-i2c.hardware.ts.

mod backend;
mod diagnose;
mod machine;
mod rdwr;
mod scan;
mod smbus;
mod verdicts;
