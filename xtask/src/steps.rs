//! [`Steps`]: the durations of a command's parts.

use std::time::{Duration, Instant};

use crate::Done;

/// The parts that have ended.
#[derive(Default)]
pub struct Steps {
    ended: Vec<(&'static str, Duration)>,
}

impl Steps {
    /// Runs one part.
    pub fn step<T>(&mut self, name: &'static str, work: impl FnOnce() -> Done<T>) -> Done<T> {
        let started = Instant::now();
        let done = work();
        self.ended.push((name, started.elapsed()));
        done
    }
}

/// Prints the durations, whatever the result.
impl Drop for Steps {
    fn drop(&mut self) {
        println!();
        let total: Duration = self.ended.iter().map(|(_, taken)| taken).sum();
        for (name, taken) in self.ended.iter().chain([&("together", total)]) {
            println!("{:>6.1} s  {name}", taken.as_secs_f64());
        }
    }
}
