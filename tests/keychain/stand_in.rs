//! Faulty secret services: [`silent`] never replies, [`unwritable`] refuses every item, [`forgetful`] confirms an item
//! and does not store it.
#![allow(clippy::unused_self, clippy::used_underscore_binding, reason = "the interface's shape is given")]

use std::collections::HashMap;

use zbus::blocking::{Connection, connection::Builder};
use zbus::fdo;
use zbus::zvariant::{ObjectPath, OwnedObjectPath, OwnedValue, Value};

const NAME: &str = "org.freedesktop.secrets";
const ROOT: &str = "/org/freedesktop/secrets";
const COLLECTION: &str = "/org/freedesktop/secrets/collection/login";

struct Silent;

#[zbus::interface(name = "org.freedesktop.Secret.Service")]
impl Silent {
    async fn open_session(&self, _algorithm: String, _input: OwnedValue) -> (OwnedValue, OwnedObjectPath) {
        std::future::pending().await
    }
}

struct Service;

#[zbus::interface(name = "org.freedesktop.Secret.Service")]
impl Service {
    /// Any number is a valid public key; the ciphertext is never read.
    fn open_session(&self, _algorithm: String, _input: OwnedValue) -> (OwnedValue, OwnedObjectPath) {
        let key = Value::from(vec![7_u8; 128]).try_to_owned().unwrap();
        (key, path("/org/freedesktop/secrets/session/s1"))
    }

    fn search_items(
        &self,
        _attributes: HashMap<String, String>,
    ) -> (Vec<OwnedObjectPath>, Vec<OwnedObjectPath>) {
        (Vec::new(), Vec::new())
    }

    fn read_alias(&self, _name: String) -> OwnedObjectPath {
        path(COLLECTION)
    }
}

struct Collection {
    fails: bool,
}

#[zbus::interface(name = "org.freedesktop.Secret.Collection")]
impl Collection {
    fn create_item(
        &self,
        _properties: HashMap<String, OwnedValue>,
        _secret: (OwnedObjectPath, Vec<u8>, Vec<u8>, String),
        _replace: bool,
    ) -> fdo::Result<(OwnedObjectPath, OwnedObjectPath)> {
        if self.fails {
            return Err(fdo::Error::Failed("no space left in the keyring".to_owned()));
        }
        Ok((path("/org/freedesktop/secrets/collection/login/1"), path("/")))
    }

    #[zbus(property)]
    fn locked(&self) -> bool {
        false
    }
}

fn path(text: &str) -> OwnedObjectPath {
    ObjectPath::try_from(text.to_owned()).unwrap().into()
}

/// Never replies.
pub fn silent() -> Connection {
    let builder = Builder::session().unwrap().name(NAME).unwrap();
    builder.serve_at(ROOT, Silent).unwrap().build().unwrap()
}

/// Refuses to store anything.
pub fn unwritable() -> Connection {
    serving(true)
}

/// Stores nothing that it accepts.
pub fn forgetful() -> Connection {
    serving(false)
}

fn serving(fails: bool) -> Connection {
    let builder = Builder::session().unwrap().name(NAME).unwrap();
    let builder = builder.serve_at(ROOT, Service).unwrap();
    builder.serve_at(COLLECTION, Collection { fails }).unwrap().build().unwrap()
}
