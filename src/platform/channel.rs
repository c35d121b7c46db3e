//! The local channel to the process that locks a data folder: [`Listener`] and [`connect`]. Transports bytes;
//! `engine::control` defines their meaning.
//!
//! On Unix a socket in the data folder, for its account alone; for a system service also for members of the group
//! `data_exporter`, who may only look. On Windows a named pipe with the default rights for pipes: administrators and
//! the account that created it may write, others may read.

use std::io;
use std::path::Path;

use tokio::io::{AsyncRead, AsyncWrite};

/// Both directions of a connection.
pub trait Duplex: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Duplex for T {}

/// A connection to the lock owner.
pub struct OwnerStream {
    /// The connection.
    pub stream: Box<dyn Duplex>,
    /// Whether the lock owner accepts questions on it, beside sending events.
    pub may_send: bool,
}

/// A connection from a client.
pub struct ClientStream {
    /// The connection.
    pub stream: Box<dyn Duplex>,
    /// Whether the client is the lock owner's account or an administrator, who may change everything.
    pub may_change: bool,
}

pub use system::{Listener, connect};

#[cfg(unix)]
mod system {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::{PermissionsExt as _, chown};
    use std::path::PathBuf;

    use tokio::net::{UnixListener, UnixStream};

    use super::{ClientStream, OwnerStream, Path, io};

    /// The group whose members may look at a system service.
    const GROUP: &str = "data_exporter";

    /// Accepts connections until it is dropped; only the owner of the folder's lock may have one.
    pub struct Listener {
        socket: UnixListener,
        path: PathBuf,
    }

    impl Listener {
        /// Listens for a data folder; `shared` opens the socket to the group.
        ///
        /// # Errors
        /// When the socket cannot be created, for example because the folder's path is too long for one.
        pub fn bind(data: &Path, shared: bool) -> io::Result<Self> {
            let path = path(data);
            // A leftover of a lock owner that died.
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

        /// Accepts the next connection.
        ///
        /// # Errors
        /// When the system provides no more connections.
        pub async fn accept(&mut self) -> io::Result<ClientStream> {
            let (stream, _) = self.socket.accept().await?;
            let own = rustix::process::geteuid().as_raw();
            let may_change = stream.peer_cred().is_ok_and(|peer| [0, own].contains(&peer.uid()));
            Ok(ClientStream { stream: Box::new(stream), may_change })
        }
    }

    impl Drop for Listener {
        fn drop(&mut self) {
            let _ = fs::remove_file(&self.path);
        }
    }

    /// Connects to the lock owner of a data folder.
    ///
    /// # Errors
    /// When nobody listens, or this account may not connect.
    pub async fn connect(data: &Path) -> io::Result<OwnerStream> {
        Ok(OwnerStream { stream: Box::new(UnixStream::connect(path(data)).await?), may_send: true })
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

    use super::{ClientStream, OwnerStream, Path, io};

    /// `ERROR_PIPE_BUSY`.
    const PIPE_BUSY: i32 = 231;
    /// Number of attempts at a busy pipe, and the pause between them.
    const ATTEMPTS: u32 = 40;
    const PAUSE: Duration = Duration::from_millis(50);

    /// Accepts connections until it is dropped; only the owner of the folder's lock may have one.
    pub struct Listener {
        name: String,
        next: NamedPipeServer,
    }

    impl Listener {
        /// Listens for a data folder.
        ///
        /// # Errors
        /// When the pipe cannot be created.
        pub fn bind(data: &Path, _shared: bool) -> io::Result<Self> {
            let name = name(data);
            let next =
                ServerOptions::new().first_pipe_instance(true).reject_remote_clients(true).create(&name)?;
            Ok(Self { name, next })
        }

        /// Accepts the next connection.
        ///
        /// # Errors
        /// When the system provides no more connections.
        pub async fn accept(&mut self) -> io::Result<ClientStream> {
            self.next.connect().await?;
            let next = ServerOptions::new().reject_remote_clients(true).create(&self.name)?;
            let stream = std::mem::replace(&mut self.next, next);
            // A client that may not change anything cannot write.
            Ok(ClientStream { stream: Box::new(stream), may_change: true })
        }
    }

    /// Connects to the lock owner of a data folder; falls back to a read-only connection.
    ///
    /// # Errors
    /// When nobody listens.
    pub async fn connect(data: &Path) -> io::Result<OwnerStream> {
        let name = name(data);
        let mut attempts_left = ATTEMPTS;
        loop {
            let open = |may_send| {
                let stream = ClientOptions::new().write(may_send).open(&name)?;
                Ok(OwnerStream { stream: Box::new(stream), may_send })
            };
            let opened = open(true).or_else(|error: io::Error| match error.kind() {
                io::ErrorKind::PermissionDenied => open(false),
                _ => Err(error),
            });
            match opened {
                // Another client is connecting at this moment.
                Err(error) if error.raw_os_error() == Some(PIPE_BUSY) && attempts_left > 0 => {
                    attempts_left -= 1;
                    tokio::time::sleep(PAUSE).await;
                }
                opened => return opened,
            }
        }
    }

    /// The pipe's name is derived from the folder's path.
    fn name(data: &Path) -> String {
        let path = std::fs::canonicalize(data).unwrap_or_else(|_| data.to_path_buf());
        let path = path.to_string_lossy().to_lowercase();
        format!(r"\\.\pipe\data_exporter-{:08x}", crc32fast::hash(path.as_bytes()))
    }
}
