//! [`ClientMetadata`]: what a server is told about this device.

/// The device as the server shows it to the person.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClientMetadata {
    /// Its name.
    pub device_name: String,
    /// Its kind.
    pub device_type: Option<String>,
    /// The version of its software.
    pub firmware_version: Option<String>,
}
