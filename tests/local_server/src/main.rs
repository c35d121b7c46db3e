//! The stand-in Data Forge server for a person: `local-data-forge --port 8787 --data DIR`.

mod pairing_flags;

use std::error::Error;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use clap::Parser;
use local_data_forge::{Families, LocalServer, Options, Rule, Site, Switches, TokenReply};
use pairing_flags::PairingFlags;

/// A stand-in Data Forge server: receives batches of files like the real one, and shows them at its address
#[derive(Parser)]
#[command(version)]
struct Flags {
    /// The port; 0 selects a free one
    #[arg(long, default_value_t = 8787)]
    port: u16,
    /// The address to listen on; without this the server is reachable from this machine only
    #[arg(long)]
    listen: Option<IpAddr>,
    /// The folder of the uploads; without this they are deleted when the server ends
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// A site that may authenticate; can be repeated. Without this there is one with a new secret
    #[arg(long, value_name = "DOMAIN:SECRET", value_parser = site)]
    site: Vec<Site>,
    /// Which paths exist
    #[arg(long, value_enum, default_value_t)]
    families: Families,
    /// The format of a token reply
    #[arg(long, value_enum, default_value_t)]
    token_reply: TokenReply,
    /// Answer 410 to everything below /api/dfc
    #[arg(long)]
    dfc_gone: bool,
    /// Answer 410 to Basic credentials
    #[arg(long)]
    basic_gone: bool,
    /// Answer start and upload with 409 and `CLIENT_API_V2_REQUIRED`
    #[arg(long)]
    api_v2_required: bool,
    /// The status for a missing or invalid token
    #[arg(long, value_name = "STATUS", default_value_t = 401)]
    refusal_status: u16,
    /// The status of a path that does not exist
    #[arg(long, value_name = "STATUS", default_value_t = 401)]
    unknown_status: u16,
    /// The lifetime of a token, in milliseconds
    #[arg(long, value_name = "MS", default_value_t = 86_400_000)]
    token_lifetime: u64,
    /// The longest time a batch may stay open, in milliseconds
    #[arg(long, value_name = "MS", default_value_t = 3_600_000)]
    batch_timeout: u64,
    /// The interval at which expired batches are closed, in milliseconds
    #[arg(long, value_name = "MS", default_value_t = 300_000)]
    sweep_every: u64,
    /// The largest part of an upload, in bytes
    #[arg(long, value_name = "BYTES", default_value_t = 128 << 20)]
    max_part: u64,
    /// The largest request, in bytes
    #[arg(long, value_name = "BYTES", default_value_t = 130 << 20)]
    max_request: u64,
    /// The maximum number of open batches per account
    #[arg(long, value_name = "N", default_value_t = 5)]
    account_batch_limit: usize,
    /// Accept a file name that was already stored in the same minute
    #[arg(long)]
    repeated_keys: bool,
    /// The offset of the server's clock ahead of the machine's, in milliseconds
    #[arg(long, value_name = "MS", default_value_t = 0, allow_negative_numbers = true)]
    clock_offset: i64,
    #[command(flatten)]
    pairing: PairingFlags,
    /// A fault to inject, as `ENDPOINT[#N|%PER_MILLE[@SEED]]=FAULT[:ARGUMENT]`; can be repeated
    #[arg(long, value_name = "RULE")]
    fault: Vec<Rule>,
}

/// Parses `DOMAIN:SECRET`; as in Basic credentials the first colon separates them.
fn site(text: &str) -> Result<Site, &'static str> {
    match text.split_once(':') {
        Some((domain, secret)) if !domain.is_empty() && !secret.is_empty() => Ok(Site::new(domain, secret)),
        _ => Err("a site is written DOMAIN:SECRET"),
    }
}

impl Flags {
    fn options(&self, sites: Vec<Site>) -> Options {
        let switches = Switches {
            families: self.families,
            token_reply: self.token_reply,
            dfc_gone: self.dfc_gone,
            basic_gone: self.basic_gone,
            api_v2_required: self.api_v2_required,
            refusal_status: self.refusal_status,
            unknown_status: self.unknown_status,
            token_lifetime: Duration::from_millis(self.token_lifetime),
            batch_timeout: Duration::from_millis(self.batch_timeout),
            sweep_every: Duration::from_millis(self.sweep_every),
            max_part: self.max_part,
            max_request: self.max_request,
            account_batch_limit: self.account_batch_limit,
            unique_keys: !self.repeated_keys,
            pairing: self.pairing.rules(),
        };
        let address = self.listen.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST));
        Options {
            listen: SocketAddr::new(address, self.port),
            data: self.data.clone(),
            sites,
            clock_offset_ms: self.clock_offset,
            switches,
        }
    }
}

#[expect(clippy::print_stdout, reason = "this is the program's only output: where it is and how to get in")]
fn main() -> Result<(), Box<dyn Error>> {
    let flags = Flags::parse();
    let sites = if flags.site.is_empty() { vec![demo_site()] } else { flags.site.clone() };
    let server = LocalServer::start(flags.options(sites.clone()))
        .map_err(|error| format!("cannot serve on port {}: {error}", flags.port))?;
    for rule in flags.fault {
        server.fault(rule);
    }
    println!("Local Data Forge listens on {}", server.base_url());
    println!("Uploads go to {}", server.data().display());
    for site in sites {
        println!("Site {} with the secret {}", site.domain, site.secret);
    }
    println!("Codes of devices are taken at {}/pair", server.base_url());
    println!("Ctrl-C ends it");
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(tokio::signal::ctrl_c())?;
    Ok(())
}

/// Creates the site of a demonstration, with a new secret each time.
fn demo_site() -> Site {
    Site::new("demo.local", format!("cs_{:032x}", fastrand::u128(..)))
}
