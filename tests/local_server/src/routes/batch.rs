//! Starting, closing and reading batches (docs/wire.md#batches).

use serde_json::{Value, json};

use super::Call;
use crate::endpoint::Endpoint;
use crate::journal::Entry;
use crate::options::Site;
use crate::replies::{self, Reply};
use crate::state::{Batch, BatchStatus};

/// Opens a batch.
pub(super) fn start(call: &Call, site: &Site) -> Reply {
    if is_gated(call, site) {
        return replies::v2_gate();
    }
    let started = call.app.write(|state| {
        let batch = state.start(site, &call.switches, call.now)?.clone();
        Ok((batch.clone(), vec![Entry::Batch(batch)]))
    });
    match started {
        Ok(batch) => replies::json(201, &body(&batch)),
        Err(refused) => call.refused(refused),
    }
}

/// Closes a batch in one of four ways.
pub(super) fn close(call: &Call, site: &Site) -> Reply {
    let (operation, status) = match call.route.endpoint {
        Endpoint::Complete => ("complete", BatchStatus::Completed),
        Endpoint::CompleteWithWarnings => ("complete", BatchStatus::CompletedWithWarnings),
        Endpoint::Fail => ("fail", BatchStatus::Failed),
        _ => ("cancel", BatchStatus::Cancelled),
    };
    let closed = call.app.write(|state| {
        let batch = state.close(site, call.id(0), operation, status, call.now)?.clone();
        Ok((batch.clone(), vec![Entry::Batch(batch)]))
    });
    match closed {
        Ok(batch) => replies::json(200, &body(&batch)),
        Err(refused) => call.refused(refused),
    }
}

/// Shows a batch.
pub(super) fn get(call: &Call, site: &Site) -> Reply {
    match call.app.read(|state| state.batch(site, call.id(0)).map(body)) {
        Ok(body) => replies::json(200, &body),
        Err(refused) => call.refused(refused),
    }
}

/// Returns whether the site requires the second version of the client interface.
pub(super) fn is_gated(call: &Call, site: &Site) -> bool {
    call.switches.api_v2_required || site.api_v2_required
}

fn body(batch: &Batch) -> Value {
    json!({
        "id": batch.id,
        "batchId": batch.id,
        "siteId": batch.site_id,
        "status": batch.status.as_str(),
        "s3Path": batch.s3_path,
        "uploadedFilesCount": batch.files.len(),
        "totalSize": batch.total_size(),
        "hasErrors": batch.has_errors,
        "startedAt": replies::instant(batch.started_at),
        "completedAt": batch.completed_at.map(replies::instant),
    })
}
