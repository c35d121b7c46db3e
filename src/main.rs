//! The command `data_exporter`; see [`data_exporter::cli`].

use std::process::ExitCode;

fn main() -> ExitCode {
    data_exporter::cli::main()
}
