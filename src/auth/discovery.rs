//! Finds the token path of a server whose paths are not configured (docs/wire.md#finding-the-family).

use std::time::Instant;

use reqwest::Method;

use super::{AuthClient, Token};
use crate::api::{ApiError, Reply, ServerPaths, TokenPath};

const DOING: &str = "sign in";

/// The answer of one path.
enum DiscoveryAnswer {
    Token(Token),
    /// The path does not exist or does not accept this credential: before the first token these look the same.
    Refused(Reply),
    /// A page in place of a token, as from a captive portal.
    Page(ApiError),
    /// Ends the search.
    Failed(ApiError),
}

pub(super) async fn fetch(auth: &AuthClient) -> Result<Token, ApiError> {
    let base = auth.client.base_url();
    let candidates = TokenPath::candidates(auth.paths);
    let known =
        auth.server_cache.recall(base).map(|known| known.token).filter(|path| candidates.contains(path));
    let others = candidates.iter().copied().filter(|path| Some(*path) != known);
    let mut refusals = Vec::new();
    let mut page = None;
    for path in known.into_iter().chain(others) {
        match try_path(auth, path).await {
            DiscoveryAnswer::Token(token) => {
                // Where one path answers with a page, another may be right: the search is not finished.
                if known != Some(path) && page.is_none() {
                    tracing::debug!(path = path.path(), "found the token path");
                    auth.server_cache.remember(base, ServerPaths { token: path, batch: None });
                }
                return Ok(token);
            }
            DiscoveryAnswer::Refused(reply) => {
                // A path that has issued tokens means its refusals; the search is repeated only when the path is gone.
                let meant = known == Some(path) && !matches!(reply.status, 404 | 405 | 410);
                refusals.push(reply);
                if meant {
                    break;
                }
            }
            DiscoveryAnswer::Page(error) => {
                page = page.or(Some(error));
                if known == Some(path) {
                    break;
                }
            }
            DiscoveryAnswer::Failed(error) => return Err(error),
        }
    }
    Err(discovery_error(auth.user(), &refusals, page))
}

async fn try_path(auth: &AuthClient, path: TokenPath) -> DiscoveryAnswer {
    let request = auth
        .client
        .request(Method::POST, path.path())
        .basic_auth(auth.credential.user(), Some(auth.credential.secret().expose()));
    let received = Instant::now();
    let reply = match auth.client.send(DOING, request).await {
        Ok(reply) => reply,
        Err(error) => return DiscoveryAnswer::Failed(error),
    };
    match reply.status {
        200..=299 => match Token::read(&reply, received) {
            Some(token) => DiscoveryAnswer::Token(token),
            None => DiscoveryAnswer::Page(reply.unreadable(DOING, auth.client.server(), "token")),
        },
        401 | 403 | 404 | 405 | 410 => DiscoveryAnswer::Refused(reply),
        300..=399 => DiscoveryAnswer::Page(reply.refused(DOING)),
        400..=499 if reply.json().is_none() && !matches!(reply.status, 408 | 425 | 429) => {
            DiscoveryAnswer::Refused(reply)
        }
        _ => DiscoveryAnswer::Failed(reply.refused(DOING)),
    }
}

/// Returns the error when no path issued a token. A refusal with a text means a wrong credential. A page tells nothing.
/// 410 means that this kind of credential has ended, and outweighs silent refusals of paths that may not exist.
fn discovery_error(user: &str, refusals: &[Reply], page: Option<ApiError>) -> ApiError {
    let first = |wanted: &dyn Fn(&Reply) -> bool| refusals.iter().find(|reply| wanted(reply));
    let unauthorised = |reply: &Reply| matches!(reply.status, 401 | 403);
    let wrong = |reply: &Reply| ApiError::Unauthorised {
        doing: DOING,
        user: user.to_owned(),
        server_text: reply.error_text(),
    };
    if let Some(reply) = first(&|reply| unauthorised(reply) && reply.json().is_some()) {
        return wrong(reply);
    }
    if let Some(page) = page {
        return page;
    }
    if first(&|reply| reply.status == 410).is_some() {
        return ApiError::BasicEnded { doing: DOING };
    }
    match (first(&unauthorised), refusals.first()) {
        (Some(reply), _) => wrong(reply),
        (None, Some(reply)) => reply.refused(DOING),
        (None, None) => ApiError::BasicEnded { doing: DOING },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replies(statuses: &[(u16, &str)]) -> Vec<Reply> {
        let reply = |(status, body): &(u16, &str)| Reply {
            status: *status,
            body: body.as_bytes().to_vec(),
            ..Reply::default()
        };
        statuses.iter().map(reply).collect()
    }

    fn verdict_of(statuses: &[(u16, &str)]) -> ApiError {
        discovery_error("shop", &replies(statuses), None)
    }

    #[test]
    fn a_refusal_on_any_path_is_a_wrong_credential() {
        assert!(matches!(verdict_of(&[(404, ""), (401, ""), (404, "")]), ApiError::Unauthorised { .. }));
    }

    #[test]
    fn missing_paths_alone_do_not_condemn_the_credential() {
        assert_eq!(verdict_of(&[(404, ""), (404, "{}"), (405, "")]).status(), Some(404));
    }

    #[test]
    fn status_410_means_pair_again_unless_another_path_answered() {
        let ended = ApiError::BasicEnded { doing: DOING };
        assert_eq!(verdict_of(&[(410, "{}"), (401, ""), (401, "")]), ended);
        assert_ne!(verdict_of(&[(401, r#"{"message":"wrong"}"#), (410, "{}"), (401, "")]), ended);
    }
}
