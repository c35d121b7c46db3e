//! Access rights in the folders of the Windows service: [`grant`].
//!
//! The service's own account, the system and administrators may write. Others may read the configuration and the
//! history, but may change nothing and may not read secrets or tables waiting for upload.

use std::path::Path;

use super::InstallPlan;
use crate::platform::icacls;

/// The account that Windows creates for this service.
pub(super) const ACCOUNT: &str = "NT SERVICE\\data-exporter";
/// Folders that other accounts may not read.
const PRIVATE: [&str; 2] = ["secrets", "spool"];
/// All accounts that may log in.
const USERS: &str = "*S-1-5-32-545:(OI)(CI)RX";

/// Returns the plan that sets these rights on a data folder; existing files inherit them.
pub(super) fn grant(data: &Path) -> InstallPlan {
    let service = format!("{ACCOUNT}:(OI)(CI)M");
    let private = PRIVATE.map(|name| data.join(name));
    let mut after = vec![icacls(data, &[&service, USERS])];
    after.extend(private.iter().map(|folder| icacls(folder, &[&service])));
    InstallPlan { folders: private.to_vec(), after, ..InstallPlan::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_users_may_read_the_folder_but_not_secrets() {
        let plan = grant(Path::new("/data"));
        assert_eq!(plan.folders, [Path::new("/data/secrets"), Path::new("/data/spool")]);
        let lines: Vec<String> = plan.after.iter().map(|words| words.join(" ")).collect();
        insta::assert_snapshot!(lines.join("\n"));
    }
}
