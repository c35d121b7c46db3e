//! What the desktop looks like: the panel that the tray is on ([`panel`]), and what is followed of it ([`attend`]).

#[cfg(target_os = "linux")]
mod linux;
#[cfg(not(target_os = "linux"))]
mod native;

#[cfg(target_os = "linux")]
pub use linux::{attend, panel};
#[cfg(not(target_os = "linux"))]
pub use native::{attend, panel};
