//! [`Tray`]: an item in the panel as a person sees and clicks it: its icon, its texts, its menu.

use std::collections::HashMap;
use std::path::Path;
use std::thread;

use data_exporter::models::snapshot::State;
use serde::Deserialize;
use zbus::blocking::{Connection, Proxy};
use zbus::proxy::CacheProperties;
use zbus::zvariant::{self, OwnedObjectPath, OwnedValue, Type, Value};

use crate::wait::until;

/// An item and its menu.
pub struct Tray {
    item: Proxy<'static>,
    menu: Proxy<'static>,
}

/// An item of the menu; items of submenus follow it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    id: i32,
    pub label: String,
    pub enabled: bool,
    pub checked: bool,
}

/// An item as the bus has it, with its subitems.
#[derive(Deserialize, Type, zvariant::OwnedValue, Value)]
struct Node {
    id: i32,
    properties: HashMap<String, OwnedValue>,
    below: Vec<OwnedValue>,
}

/// A tooltip: icon name, icon pictures, title, text.
type Tooltip = (String, Vec<Pixels>, String, String);

/// Width, height, and the pixels in the order alpha, red, green, blue.
type Pixels = (i32, i32, Vec<u8>);

impl Tray {
    pub fn new(bus: &Connection, name: String, path: String) -> Self {
        let item = proxy(bus, name.clone(), path, "org.kde.StatusNotifierItem");
        let menu: OwnedObjectPath = item.get_property("Menu").unwrap();
        let menu = proxy(bus, name, menu.to_string(), "com.canonical.dbusmenu");
        Self { item, menu }
    }

    /// Returns the state whose icon is shown.
    pub fn state(&self) -> State {
        let shown: Vec<Pixels> = self.item.get_property("IconPixmap").unwrap();
        let state = State::ALL.into_iter().find(|state| shown.contains(&picture(*state)));
        state.expect("a picture of icons/tray")
    }

    pub fn until_state(&self, state: State) {
        until(&format!("the picture of {state:?} in the tray"), || (self.state() == state).then_some(()));
    }

    /// Returns the text of the tooltip.
    pub fn tooltip(&self) -> String {
        let (_, _, title, _): Tooltip = self.item.get_property("ToolTip").unwrap();
        title
    }

    /// Returns all items with a text, from the top.
    pub fn lines(&self) -> Vec<Line> {
        let (_, root): (u32, Node) = self.menu.call("GetLayout", &(0, -1, Vec::<String>::new())).unwrap();
        let mut lines = Vec::new();
        collect(root, &mut lines);
        lines
    }

    /// Returns the item with this text.
    pub fn line(&self, label: &str) -> Option<Line> {
        self.lines().into_iter().find(|line| line.label == label)
    }

    /// Clicks an item as soon as it is enabled.
    pub fn click(&self, label: &str) {
        until(&format!("`{label}` in the menu of the tray"), || {
            let line = self.line(label).filter(|line| line.enabled)?;
            // The menu may have been rebuilt in between.
            self.menu.call::<_, _, ()>("Event", &(line.id, "clicked", Value::from(0), 0_u32)).ok()
        });
    }
}

impl Drop for Tray {
    fn drop(&mut self) {
        if thread::panicking() {
            let labels: Vec<String> = self.lines().into_iter().map(|line| line.label).collect();
            eprintln!("the tray shows {:?}: {}\n{}", self.state(), self.tooltip(), labels.join("\n"));
        }
    }
}

fn proxy(bus: &Connection, name: String, path: String, interface: &'static str) -> Proxy<'static> {
    zbus::blocking::proxy::Builder::new(bus)
        .destination(name)
        .and_then(|builder| builder.path(path))
        .and_then(|builder| builder.interface(interface))
        .and_then(|builder| builder.cache_properties(CacheProperties::No).build())
        .unwrap()
}

fn collect(node: Node, lines: &mut Vec<Line>) {
    let Node { id, properties, below } = node;
    let text = |name: &str| properties.get(name).and_then(|value| String::try_from(value.clone()).ok());
    let number = |name: &str| properties.get(name).and_then(|value| i32::try_from(value).ok());
    if let Some(label) = text("label") {
        lines.push(Line {
            id,
            label: label.replace("__", "_"),
            enabled: properties.get("enabled").is_none_or(|value| bool::try_from(value).unwrap()),
            checked: number("toggle-state") == Some(1),
        });
    }
    for node in below {
        collect(Node::try_from(node).unwrap(), lines);
    }
}

/// Returns the icon of a state, of 22 pixels, for a panel of unknown colour.
fn picture(state: State) -> Pixels {
    let name = serde_json::to_value(state).unwrap();
    let path = format!("icons/tray/any/22/{}.png", name.as_str().unwrap());
    let file = std::fs::File::open(root().join(path)).unwrap();
    let mut reader = png::Decoder::new(std::io::BufReader::new(file)).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    reader.next_frame(&mut pixels).unwrap();
    for pixel in pixels.chunks_exact_mut(4) {
        pixel.rotate_right(1);
    }
    (22, 22, pixels)
}

/// Returns the project's root folder.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}
