//! Who may do what in the folders of the Windows service: [`grant`].
//!
//! The service's own account writes there, as do the system and administrators. Others may look at the configuration and
//! at the history, but neither change anything nor see secrets and tables that wait for their upload.

use std::path::Path;

use super::InstallPlan;
use crate::platform::icacls;

/// An account that the system makes for this service alone.
pub(super) const ACCOUNT: &str = "NT SERVICE\\data-exporter";
/// Folders that are nobody else's business.
const PRIVATE: [&str; 2] = ["secrets", "spool"];
/// All who may log in here.
const USERS: &str = "*S-1-5-32-545:(OI)(CI)RX";

/// The plan that gives these rights in a data folder; files that are there already inherit them.
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
    fn others_may_look_but_not_at_secrets() {
        let plan = grant(Path::new("/data"));
        assert_eq!(plan.folders, [Path::new("/data/secrets"), Path::new("/data/spool")]);
        let lines: Vec<String> = plan.after.iter().map(|words| words.join(" ")).collect();
        insta::assert_snapshot!(lines.join("\n"));
    }
}
