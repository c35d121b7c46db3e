//! Uploads of files into a batch, and their details (docs/wire.md#upload).
//!
//! A part is written to disk and hashed while it arrives; no file is ever completely in memory.

use axum::RequestExt as _;
use axum::extract::multipart::Field;
use axum::extract::{Multipart, Request};
use axum::http::{HeaderMap, header};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tempfile::{NamedTempFile, TempPath};
use tokio::io::AsyncWriteExt as _;

use super::batch::is_gated;
use super::{Call, drain};
use crate::endpoint::PathFamily;
use crate::ids;
use crate::journal::Entry;
use crate::options::Site;
use crate::recorder::PartSeen;
use crate::replies::{self, Reply};
use crate::state::{Arrival, Refused, StoredFile, UPLOAD};

/// A part that is on disk and not yet in its batch.
struct Arrived {
    arrival: Arrival,
    path: TempPath,
}

/// The reason why the form could not be read.
enum Broken {
    TooLarge,
    Form,
}

/// Answers an upload.
pub(super) async fn receive(call: &Call, site: &Site, request: Request) -> (Reply, Vec<PartSeen>) {
    let too_large = || call.general(413, "Maximum upload size exceeded");
    let instead = if is_gated(call, site) {
        Some(replies::v2_gate())
    } else if announced(request.headers()).is_some_and(|bytes| bytes > call.switches.max_request) {
        Some(too_large())
    } else {
        None
    };
    if let Some(instead) = instead {
        drain(request.into_body()).await;
        return (instead, Vec::new());
    }
    let Ok(form) = request.extract::<Multipart, _>().await else {
        return (call.unexpected(), Vec::new());
    };
    let mut parts = Vec::new();
    let answer = match read(call, form, &mut parts).await {
        Ok(files) => admit(call, site, files),
        Err(Broken::TooLarge) => too_large(),
        Err(Broken::Form) => call.unexpected(),
    };
    (answer, parts)
}

/// Returns the details of a file.
pub(super) fn get(call: &Call, site: &Site) -> Reply {
    match call.app.read(|state| state.file(site, call.id(0), call.id(1)).map(body)) {
        Ok(body) => replies::json(200, &body),
        Err(refused) => call.refused(refused),
    }
}

fn announced(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// Reads a form to its end, even when a part of it is too large.
async fn read(call: &Call, mut form: Multipart, parts: &mut Vec<PartSeen>) -> Result<Vec<Arrived>, Broken> {
    let mut files = Vec::new();
    let (mut total, mut too_large) = (0, false);
    while let Some(field) = form.next_field().await.map_err(|_| Broken::Form)? {
        let mut part = PartSeen {
            field: field.name().unwrap_or_default().to_owned(),
            file_name: field.file_name().map(str::to_owned),
            content_type: field.content_type().map(str::to_owned),
            bytes: 0,
        };
        let (path, sha256) = store(call, field, &mut part).await?;
        total += part.bytes;
        too_large |= part.bytes > call.switches.max_part || total > call.switches.max_request;
        if let (Some(name), "files") = (&part.file_name, part.field.as_str()) {
            let (name, content_type) = (name.clone(), part.content_type.clone());
            files.push(Arrived { arrival: Arrival { name, size: part.bytes, sha256, content_type }, path });
        }
        parts.push(part);
    }
    if too_large { Err(Broken::TooLarge) } else { Ok(files) }
}

/// Writes a part to disk up to the limit, and reads the rest.
async fn store(call: &Call, mut field: Field<'_>, part: &mut PartSeen) -> Result<(TempPath, String), Broken> {
    let file = NamedTempFile::new_in(call.app.data.join("incoming")).map_err(|_| Broken::Form)?;
    let (file, path) = file.into_parts();
    let mut file = tokio::fs::File::from_std(file);
    let mut digest = Sha256::new();
    while let Some(piece) = field.chunk().await.map_err(|_| Broken::Form)? {
        part.bytes += piece.len() as u64;
        if part.bytes <= call.switches.max_part {
            digest.update(&piece);
            file.write_all(&piece).await.map_err(|_| Broken::Form)?;
        }
    }
    file.flush().await.map_err(|_| Broken::Form)?;
    Ok((path, ids::hex(&digest.finalize())))
}

/// Adds the files to the batch, one after another: all of them in F2, where earlier ones are kept when a later one is
/// refused, and only the first in F3.
fn admit(call: &Call, site: &Site, files: Vec<Arrived>) -> Reply {
    let id = call.id(0);
    let checked = call.app.read(|state| state.open_batch(site, id, UPLOAD).map(|_| ()));
    if let Err(refused) = checked {
        return call.refused(refused);
    }
    if files.is_empty() {
        return call.refused(Refused::NoFiles);
    }
    let only_first = call.route.family == PathFamily::F3;
    let mut stored = Vec::new();
    for file in files.into_iter().take(if only_first { 1 } else { usize::MAX }) {
        match admit_one(call, site, file) {
            Ok(file) => stored.push(file),
            Err(refused) => return call.refused(refused),
        }
    }
    match stored.first() {
        Some(first) if only_first => replies::json(201, &body(first)),
        _ => replies::json(200, &list(&stored)),
    }
}

fn admit_one(call: &Call, site: &Site, file: Arrived) -> Result<StoredFile, Refused> {
    let unique_keys = call.switches.unique_keys;
    let now = call.app.now();
    call.app.write(|state| {
        let stored = state.admit(site, call.id(0), file.arrival, unique_keys, now, |path| {
            let target = call.app.data.join(path);
            if let Some(folder) = target.parent() {
                std::fs::create_dir_all(folder)?;
            }
            file.path.persist(target).map_err(|error| error.error)
        })?;
        Ok((stored.clone(), vec![Entry::File(stored.clone())]))
    })
}

fn body(file: &StoredFile) -> Value {
    json!({
        "id": file.id,
        "batchId": file.batch_id,
        "filename": file.name,
        "s3Key": file.s3_key,
        "fileSize": file.size,
        "contentType": file.content_type,
        "checksum": file.sha256,
        "uploadedAt": replies::instant(file.uploaded_at),
    })
}

fn list(files: &[StoredFile]) -> Value {
    let files: Vec<Value> = files
        .iter()
        .map(|file| {
            json!({
                "fileName": file.name,
                "fileSize": file.size,
                "uploadedAt": file.uploaded_at.format("%Y-%m-%dT%H:%M:%S%.3f").to_string(),
            })
        })
        .collect();
    json!({"status": "OK", "uploadedFiles": files.len(), "files": files})
}
