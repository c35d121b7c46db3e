//! The local channel to the process that holds a data folder: [`Listener`] and [`connect`]. Bytes only; what they mean
//! is not known here.
//!
//! On Unix a socket in the data folder, for its account alone; for a system service also for the members of the group
//! `data_exporter`, who may look. On Windows a named pipe with the system's own rights for pipes: administrators and
//! the account that made it may write, others read.

use std::io;
use std::path::Path;

use tokio::io::{AsyncRead, AsyncWrite};

/// Both directions of a connection.
pub trait Duplex: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Duplex for T {}

/// The holder, connected to.
pub struct Host {
    /// The connection.
    pub stream: Box<dyn Duplex>,
    /// Whether it can be asked anything, beside being listened to.
    pub may_ask: bool,
}

/// Somebody who has connected.
pub struct Guest {
    /// The connection.
    pub stream: Box<dyn Duplex>,
    /// Whether it is the holder's account or an administrator, who may change everything.
    pub may_change: bool,
}

pub use system::{Listener, connect};

#[cfg(unix)]
mod system {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::{PermissionsExt as _, chown};
    use std::path::PathBuf;

    use tokio::net::{UnixListener, UnixStream};

    use super::{Guest, Host, Path, io};

    /// The group whose members may look at a system service.
    const GROUP: &str = "data_exporter";

    /// Takes connections until it is dropped; only the holder of the folder's lock may have one.
    pub struct Listener {
        socket: UnixListener,
        path: PathBuf,
    }

    impl Listener {
        /// Listens for this data folder; `shared` opens it to the group.
        ///
        /// # Errors
        /// When the socket cannot be made, as where the folder's path is too long for one.
        pub fn bind(data: &Path, shared: bool) -> io::Result<Self> {
            let path = path(data);
            // What lies there was left by a holder that died.
            match fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
            let socket = UnixListener::bind(&path)?;
            fs::set_permissions(&path, Permissions::from_mode(0o600))?;
            if let Some(group) = group_id(GROUP).filter(|_| shared) {
                chown(&path, None, Some(group))?;
                fs::set_permissions(&path, Permissions::from_mode(0o660))?;
                chown(data, None, Some(group))?;
                fs::set_permissions(data, Permissions::from_mode(0o710))?;
            }
            Ok(Self { socket, path })
        }

        /// The next connection.
        ///
        /// # Errors
        /// When the system has no more of them.
        pub async fn accept(&mut self) -> io::Result<Guest> {
            let (stream, _) = self.socket.accept().await?;
            let own = rustix::process::geteuid().as_raw();
            let may_change = stream.peer_cred().is_ok_and(|peer| [0, own].contains(&peer.uid()));
            Ok(Guest { stream: Box::new(stream), may_change })
        }
    }

    impl Drop for Listener {
        fn drop(&mut self) {
            let _ = fs::remove_file(&self.path);
        }
    }

    /// Connects to the holder of this data folder.
    ///
    /// # Errors
    /// When nobody listens, or this account may not connect.
    pub async fn connect(data: &Path) -> io::Result<Host> {
        Ok(Host { stream: Box::new(UnixStream::connect(path(data)).await?), may_ask: true })
    }

    fn path(data: &Path) -> PathBuf {
        data.join("control.sock")
    }

    fn group_id(name: &str) -> Option<u32> {
        let groups = fs::read_to_string("/etc/group").ok()?;
        let mut lines = groups.lines().map(|line| line.split(':').collect::<Vec<_>>());
        lines.find(|fields| fields.first() == Some(&name))?.get(2)?.parse().ok()
    }
}

#[cfg(windows)]
mod system {
    use std::time::Duration;

    use tokio::net::windows::named_pipe::{ClientOptions, NamedPipeServer, ServerOptions};

    use super::{Guest, Host, Path, io};

    /// `ERROR_PIPE_BUSY`.
    const PIPE_BUSY: i32 = 231;
    /// How often a busy pipe is tried again, and after which pause.
    const ATTEMPTS: u32 = 40;
    const PAUSE: Duration = Duration::from_millis(50);

    /// Takes connections until it is dropped; only the holder of the folder's lock may have one.
    pub struct Listener {
        name: String,
        next: NamedPipeServer,
    }

    impl Listener {
        /// Listens for this data folder.
        ///
        /// # Errors
        /// When the pipe cannot be made.
        pub fn bind(data: &Path, _shared: bool) -> io::Result<Self> {
            let name = name(data);
            let next =
                ServerOptions::new().first_pipe_instance(true).reject_remote_clients(true).create(&name)?;
            Ok(Self { name, next })
        }

        /// The next connection.
        ///
        /// # Errors
        /// When the system has no more of them.
        pub async fn accept(&mut self) -> io::Result<Guest> {
            self.next.connect().await?;
            let next = ServerOptions::new().reject_remote_clients(true).create(&self.name)?;
            let stream = std::mem::replace(&mut self.next, next);
            // Whoever may not change anything cannot write.
            Ok(Guest { stream: Box::new(stream), may_change: true })
        }
    }

    /// Connects to the holder of this data folder, for listening alone where no more is allowed.
    ///
    /// # Errors
    /// When nobody listens.
    pub async fn connect(data: &Path) -> io::Result<Host> {
        let name = name(data);
        let mut patience = ATTEMPTS;
        loop {
            let open = |may_ask| {
                let stream = ClientOptions::new().write(may_ask).open(&name)?;
                Ok(Host { stream: Box::new(stream), may_ask })
            };
            let opened = open(true).or_else(|error: io::Error| match error.kind() {
                io::ErrorKind::PermissionDenied => open(false),
                _ => Err(error),
            });
            match opened {
                // Another one connects at this moment.
                Err(error) if error.raw_os_error() == Some(PIPE_BUSY) && patience > 0 => {
                    patience -= 1;
                    tokio::time::sleep(PAUSE).await;
                }
                opened => return opened,
            }
        }
    }

    /// A pipe has a name of its own, made of the folder's path.
    fn name(data: &Path) -> String {
        let path = std::fs::canonicalize(data).unwrap_or_else(|_| data.to_path_buf());
        let path = path.to_string_lossy().to_lowercase();
        format!(r"\\.\pipe\data_exporter-{:08x}", crc32fast::hash(path.as_bytes()))
    }
}
