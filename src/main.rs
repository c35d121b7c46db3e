//! The command `data_exporter`; everything of it is in [`data_exporter::cli`].

use std::process::ExitCode;

fn main() -> ExitCode {
    data_exporter::cli::main()
}
