//! Appearance of the desktop: the tray's panel ([`panel`]), and the changes to follow ([`attend`]).

#[cfg(target_os = "linux")]
mod linux;
#[cfg(not(target_os = "linux"))]
mod native;

#[cfg(target_os = "linux")]
pub use linux::{attend, panel};
#[cfg(not(target_os = "linux"))]
pub use native::{attend, panel};
